import { type Secret, secret } from '@postrider/pop3';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { readFromCommand } from '../credential/secret-command.ts';
import { UsageError } from '../failure/index.ts';
import { clientSecretCommandFlag } from '../flag/oauth.ts';
import type { OAuthSettings } from './settings.ts';
import type { TokenRecord } from './token-record.ts';

/** The client secret of the application, and whether it has to be kept because it cannot be had again without a person. */
export interface ClientSecret {
  readonly value: Secret<string> | undefined;
  readonly keep: boolean;
}

/** The client secret from a command or the environment: sources that can be asked again at any time. */
export async function clientSecretFromSources(
  { invocation, io }: Context,
  { account }: Pick<Target, 'account'>,
): Promise<Secret<string> | undefined> {
  const flag = invocation.get(clientSecretCommandFlag);
  const command = flag ?? account.oauth?.['client-secret-command'];
  if (command !== undefined) {
    const name = flag === undefined ? 'oauth.client-secret-command' : '--client-secret-command';
    return readFromCommand(command, name, { signal: io.signal });
  }
  const value = io.env['POSTRIDER_CLIENT_SECRET'] ?? '';
  return value === '' ? undefined : secret(value);
}

/** The client secret for a sign-in; a person is asked where there has to be one and no other source has it. */
export async function findClientSecret(
  context: Context,
  target: Target,
  settings: OAuthSettings,
  flow: TokenRecord['flow'],
): Promise<ClientSecret> {
  const value = await clientSecretFromSources(context, target);
  // One of the command line is not there the next time.
  const configured = target.account.oauth?.['client-secret-command'] !== undefined;
  if (value !== undefined) return { value, keep: !configured };
  const needed = flow === 'client-credentials' || settings.profile?.secretForEveryone === true;
  if (!needed) return { value: undefined, keep: false };
  const { prompter } = context.io;
  if (!prompter.available) {
    throw new UsageError(
      `${settings.name} wants the client secret, and there is no terminal to ask for it`,
      'Give --client-secret-command, set POSTRIDER_CLIENT_SECRET, or set oauth.client-secret-command in the configuration.',
    );
  }
  return { value: secret(await prompter.hidden(`Client secret at ${settings.name}:`)), keep: true };
}

import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failure/index.ts';
import { passwordFileFlag } from '../flag/connection.ts';
import { type OAuthSettings, oauthSettings } from '../oauth/settings.ts';
import type { TokenRecord } from '../oauth/token-record.ts';
import type { Attempt } from './attempt.ts';
import { keepPassword } from './password.ts';

/** A credential that was tried, and is kept. */
export interface KeptLogin extends Attempt {
  /** Where it is kept, for people. */
  readonly store: string;
  /** Undefined: it is a password. */
  readonly tokens: TokenRecord | undefined;
}

/** Gets the credential of an account, tokens or a password, tries it, and only then keeps it under the account's name. */
export async function keepLogin(context: Context, target: Target, name: string): Promise<KeptLogin> {
  const settings = await chooseTokens(context, target);
  if (settings === undefined) return keepPassword(context, target, name);
  const { keepTokens } = await import('./token.ts');
  return keepTokens(context, target, name, settings);
}

/** How to get tokens, where the account logs in with tokens; a person decides where it could be either. */
async function chooseTokens(context: Context, target: Target): Promise<OAuthSettings | undefined> {
  const { invocation, io } = context;
  if (invocation.has(passwordFileFlag)) return undefined;
  const settings = oauthSettings(context, target);
  if (settings === undefined || settings.certain) return settings;
  if ((io.env['POSTRIDER_PASSWORD'] ?? '') !== '') return undefined;
  if (!io.prompter.available) {
    throw new UsageError(
      `${settings.name} takes an app password or OAuth 2.0, and there is no terminal to ask which`,
      'Give --password-file or set POSTRIDER_PASSWORD; or, for OAuth 2.0, give --client-id or set oauth.client-id in the configuration.',
    );
  }
  const choice = await io.prompter.choose(`${settings.name} takes either. What will you log in with?`, [
    { value: 'password', label: 'an app password' },
    { value: 'tokens', label: 'OAuth 2.0, which needs a client id of your own' },
  ]);
  return choice === 'tokens' ? settings : undefined;
}

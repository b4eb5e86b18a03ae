import { authenticateWith } from '../connection/options.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { passwordName, tokenName } from '../keyring/secret-name.ts';
import { findSecret, forgetSecret, keepSecret } from '../keyring/secret-stores.ts';
import { revoke } from '../oauth/grant.ts';
import type { OAuthSettings } from '../oauth/settings.ts';
import { signIn } from '../oauth/sign-in.ts';
import { decodeRecord, encodeRecord } from '../oauth/token-record.ts';
import { whileAlone } from '../oauth/token-source.ts';
import { type Attempt, attempt, reach } from './attempt.ts';
import type { KeptLogin } from './keep.ts';

/** Gets tokens for an account, tries them, and keeps them. */
export async function keepTokens(
  context: Context,
  target: Target,
  name: string,
  settings: OAuthSettings,
): Promise<KeptLogin> {
  // Nobody is to sign in for a server that is not there.
  await reach(context, target);
  const before = await findSecret(context, tokenName(name));
  const last = before === undefined ? undefined : decodeRecord(before.value)?.clientId;
  const { tokens, client } = await signIn(context, target, settings, last);
  const { accessToken } = tokens;
  let tried: Attempt;
  try {
    tried = await attempt(context, target, authenticateWith(context, target, { accessToken }));
  } catch (error) {
    // Tokens that are not kept are to be good for nothing. Where that cannot be done, the reason why they are not kept is the same.
    await revoke(client, tokens).catch(() => false);
    throw error;
  }
  const store = await whileAlone(context, name, () =>
    keepSecret(context, tokenName(name), encodeRecord(tokens)),
  );
  await forgetSecret(context, passwordName(name));
  return { ...tried, store: store.description, tokens };
}

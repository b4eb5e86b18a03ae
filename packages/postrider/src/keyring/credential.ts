import type { Context } from '../context.ts';
import type { Credential } from '../credential/credential.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { passwordName, tokenName } from './secret-name.ts';
import { findSecret, forgetSecret } from './secret-stores.ts';

/** What `postrider login` kept for an account: tokens that are refreshed when it is time, or a password. */
export async function credentialFromKeyring(
  account: string,
  context: Context,
  { wantsToken }: { readonly wantsToken: boolean },
): Promise<Credential | undefined> {
  const tokens = await findSecret(context, tokenName(account));
  if (tokens !== undefined) {
    const { tokenSource } = await import('../oauth/token-source.ts');
    return {
      accessToken: tokenSource(context, account),
      source: tokens.store.description,
      remedy: `Check that POP3 is enabled for the account, and that the one who signed in is its user; to sign in again: postrider login ${account}`,
    };
  }
  if (wantsToken) {
    throw new ProgramError(
      `there are no tokens for ${account} yet`,
      exitCode.loginRefused,
      `Run: postrider login ${account}`,
    );
  }
  const password = await findSecret(context, passwordName(account));
  return password === undefined
    ? undefined
    : { password: password.value, source: password.store.description };
}

/** Forgets password and tokens of an account. True: there was something. */
export async function forgetCredential(context: Context, account: string): Promise<boolean> {
  const password = await forgetSecret(context, passwordName(account));
  return (await forgetSecret(context, tokenName(account))) || password;
}

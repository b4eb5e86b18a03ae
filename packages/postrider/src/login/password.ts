import { authenticateWith, passwordQuestion } from '../connection/options.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { findCredential } from '../credential/credential.ts';
import { UsageError } from '../failure/index.ts';
import { passwordFileFlag } from '../flag/connection.ts';
import { passwordName, tokenName } from '../keyring/secret-name.ts';
import { forgetSecret, keepSecret } from '../keyring/secret-stores.ts';
import { attempt } from './attempt.ts';
import type { KeptLogin } from './keep.ts';

/** Asks for the password of an account, tries it, and keeps it. */
export async function keepPassword(context: Context, target: Target, name: string): Promise<KeptLogin> {
  const { io, invocation } = context;
  const { password } = await findCredential(
    { passwordFile: invocation.get(passwordFileFlag) },
    { io: { ...io, env: { ...io.env, POSTRIDER_TOKEN: undefined } }, question: passwordQuestion(target) },
  );
  if (password === undefined) throw new UsageError('a password is needed');
  const tried = await attempt(context, target, authenticateWith(context, target, { password }));
  const store = await keepSecret(context, passwordName(name), password);
  await forgetSecret(context, tokenName(name));
  return { ...tried, store: store.description, tokens: undefined };
}

import { isPop3Error, type Secret } from '@postrider/pop3';
import { authenticateWith, passwordQuestion } from '../connection/options.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { findCredential } from '../credential/credential.ts';
import { describeFailure, PhaseError, UsageError } from '../failure/index.ts';
import { passwordFileFlag } from '../flag/connection.ts';
import { passwordName, tokenName } from '../keyring/secret-name.ts';
import { forgetSecret, keepSecret } from '../keyring/secret-stores.ts';
import { type Attempt, attempt } from './attempt.ts';
import type { KeptLogin } from './keep.ts';

/** Asks for the password of an account, tries it, and keeps it. */
export async function keepPassword(context: Context, target: Target, name: string): Promise<KeptLogin> {
  const { password, tried } = await tryPasswords(context, target);
  const store = await keepSecret(context, passwordName(name), password);
  await forgetSecret(context, tokenName(name));
  return { ...tried, store: store.description, tokens: undefined };
}

// A person can mistype it; a file or a variable says the same the next time.
const attempts = 3;

async function tryPasswords(
  context: Context,
  target: Target,
): Promise<{ password: Secret<string>; tried: Attempt }> {
  const { io, invocation, output } = context;
  for (let count = 1; ; count++) {
    const { password, source } = await findCredential(
      { passwordFile: invocation.get(passwordFileFlag) },
      { io: { ...io, env: { ...io.env, POSTRIDER_TOKEN: undefined } }, question: passwordQuestion(target) },
    );
    if (password === undefined) throw new UsageError('a password is needed');
    try {
      return {
        password,
        tried: await attempt(context, target, authenticateWith(context, target, { password })),
      };
    } catch (error) {
      if (source !== 'prompt' || count === attempts || !isWrongPassword(error)) throw error;
      const { sentence, hint } = describeFailure(error);
      output.error(sentence, hint);
    }
  }
}

function isWrongPassword(error: unknown): boolean {
  const cause = error instanceof PhaseError ? error.cause : error;
  return isPop3Error(cause) && cause.code === 'ERR_POP3_AUTHENTICATION_REJECTED' && !cause.transient;
}

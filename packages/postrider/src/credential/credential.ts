import { type AccessTokenSource, type Secret, secret } from '@postrider/pop3';
import { UsageError } from '../failure/index.ts';
import type { Io } from '../io.ts';
import { readFromCommand } from './secret-command.ts';
import { readFromFile } from './secret-file.ts';

/** Where a secret may come from, as flags and configuration have it. */
export interface CredentialSources {
  readonly passwordCommand?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly tokenCommand?: string | undefined;
  /** What the ways to log in that are allowed take, where it is nothing else. */
  readonly takes?: 'token' | undefined;
  /** What the keyring has; asked only when its turn comes. */
  readonly keyring?: (() => Promise<Credential | undefined>) | undefined;
}

/** What to log in with. */
export interface Credential {
  readonly password?: Secret<string> | undefined;
  readonly accessToken?: Secret<string> | AccessTokenSource | undefined;
  /** What to do where the server refuses it, if more is known than to check it. */
  readonly remedy?: string | undefined;
  /** Where it came from, for people. */
  readonly source: string;
}

/** The credential out of the first source that there is: flags, environment, keyring, and at last the person at the terminal. */
export async function findCredential(
  sources: CredentialSources,
  { io, question }: { io: Io; question: string },
): Promise<Credential> {
  const { passwordCommand, passwordFile, tokenCommand } = sources;
  const { signal, env } = io;
  if (tokenCommand !== undefined) {
    // Asked again where the server says that the token has expired.
    return {
      accessToken: () => readFromCommand(tokenCommand, '--token-command', { signal }),
      source: '--token-command',
    };
  }
  if (passwordCommand !== undefined) {
    return {
      password: await readFromCommand(passwordCommand, '--password-command', { signal }),
      source: '--password-command',
    };
  }
  if (passwordFile !== undefined) {
    return { password: await readFromFile(passwordFile, io), source: '--password-file' };
  }
  const token = env['POSTRIDER_TOKEN'] ?? '';
  if (token !== '') return { accessToken: secret(token), source: 'POSTRIDER_TOKEN' };
  const password = env['POSTRIDER_PASSWORD'] ?? '';
  if (password !== '') return { password: secret(password), source: 'POSTRIDER_PASSWORD' };
  const kept = await sources.keyring?.();
  if (kept !== undefined) return kept;
  if (sources.takes === 'token') {
    throw new UsageError(
      'an access token is needed to log in that way, and there is none',
      'Give --token-command, set POSTRIDER_TOKEN, or configure the account and run postrider login once.',
    );
  }
  if (!io.prompter.available) {
    throw new UsageError(
      'a password is needed, and there is no terminal to ask for it',
      'Give --password-command or --password-file, set POSTRIDER_PASSWORD, or run postrider login once. With a client certificate alone: --auth external.',
    );
  }
  return { password: secret(await io.prompter.hidden(question)), source: 'prompt' };
}

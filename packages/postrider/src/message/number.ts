import type { Target } from '../connection/target.ts';
import { UsageError } from '../failure/index.ts';
import type { CommandDefinition } from '../flag/definition.ts';

/** Reads message-numbers: whole numbers from 1 on. */
export function messageNumbers(words: readonly string[]): number[] {
  return words.map((word) => {
    const number = /^[1-9]\d{0,14}$/.test(word) ? Number(word) : undefined;
    if (number === undefined)
      throw new UsageError(
        `'${word}' is no message-number`,
        'Message-numbers are 1, 2, 3 and so on: postrider list shows them.',
      );
    return number;
  });
}

/** That numbers are missing: often since the name of an account is wrong, and the number behind it was taken for the user. */
export function numberMissing(
  { usage, path }: CommandDefinition,
  what: string,
  { accountName, host, user }: Target,
): UsageError {
  const command = path.join(' ');
  const why =
    accountName === undefined ? `: '${host}' is no account, so '${user}' is taken for the user` : '';
  const forms = usage.map((form) => `postrider ${command} ${form}`).join(' or ');
  return new UsageError(`${command} wants ${what}${why}`, `Write: ${forms}`);
}

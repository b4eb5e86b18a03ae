import { UsageError } from '../failure/index.ts';

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

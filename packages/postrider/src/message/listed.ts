import { CommandRejectedError, isPop3Error, type Pop3Client } from '@postrider/pop3';
import type { Output } from '../output/output.ts';
import { countOf } from '../output/quantity.ts';
import { type HeaderSummary, readHeader } from './header.ts';

/** A message of a maildrop, as far as it was asked for. */
export interface Listed extends Partial<HeaderSummary> {
  readonly messageNumber: number;
  readonly octets: number;
  /** Null where the server has none. */
  readonly uniqueId: string | null;
}

const unknownHeader: HeaderSummary = { date: null, from: null, subject: null };

/** Adds date, sender and subject. Headers that the server refuses stay unknown, and the user is told. */
export async function addHeaders(
  output: Output,
  client: Pop3Client,
  listed: readonly Listed[],
): Promise<readonly (Listed & HeaderSummary)[]> {
  const results: (Listed & HeaderSummary)[] = [];
  const refusals: string[] = [];
  // Asked for in groups, so that what waits for its turn holds little.
  for (let start = 0; start < listed.length; start += 64) {
    const group = listed.slice(start, start + 64);
    const streams = group.map(({ messageNumber }) => client.top(messageNumber, 0));
    for (const [index, stream] of streams.entries()) {
      const message = group[index];
      if (message === undefined) continue;
      const header = await readHeader(stream).catch((error: unknown) => {
        if (!(error instanceof CommandRejectedError)) throw error;
        refusals.push(error.message);
        return unknownHeader;
      });
      results.push({ ...message, ...header });
    }
  }
  const [refusal] = refusals;
  if (refusal !== undefined) output.warn(`${countOf(refusals.length, 'header')} cannot be had: ${refusal}`);
  return results;
}

/** For what can be done without: where the server refuses it, or answers nonsense, and the session goes on, nothing is known. */
export function ignoreRefusal(error: unknown): undefined {
  if (!isPop3Error(error) || error.fatal) throw error;
  return undefined;
}

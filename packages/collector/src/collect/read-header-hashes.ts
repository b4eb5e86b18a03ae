import { CommandRejectedError, type MessageStream, type Pop3Client } from '@postrider/pop3';
import type { LedgerEntry } from '../plan/index.ts';
import { HeaderHash } from './header-hash.ts';
import type { RunState } from './run-state.ts';

// Bounded, so that the streams that wait for their turn hold little.
const together = 64;
// So many of them at most are asked for with RETR to see whether TOP tells the same, where it is refused.
const samples = 3;

/**
 * The hashes of the headers of some messages, read with `TOP n 0`, or RETR where TOP is missing; undefined for those that cannot be read.
 *
 * Some servers give another header with TOP than with RETR, which makes the hashes that the ledger gets. So the first that is none of those is read with
 * RETR too: it tells whether TOP is to be believed.
 *
 * @param isKnown - whether the ledger has such a hash.
 * @param run - is told where the session ends while TOP is awaited, and says whether to ask for it.
 */
export async function readHeaderHashes(
  client: Pop3Client,
  messageNumbers: readonly number[],
  isKnown: (hash: string) => boolean,
  run: Pick<RunState, 'usesTop' | 'brokeAtTop'>,
): Promise<Map<number, string | undefined>> {
  const hashes = new Map<number, string | undefined>();
  const readByTop = async (numbers: readonly number[]): Promise<void> => {
    try {
      await readInto(hashes, numbers, (number) => client.top(number, 0));
    } catch (error) {
      run.brokeAtTop();
      throw error;
    }
  };
  const byRetr = (number: number): MessageStream => client.retrieve(number);
  let useTop = run.usesTop;
  let trustsTop = false;
  for (let start = 0; start < messageNumbers.length; start += together) {
    const batch = messageNumbers.slice(start, start + together);
    if (useTop) await readByTop(batch);
    const strange = batch.filter((number) => {
      const hash = hashes.get(number);
      return hash !== undefined && !isKnown(hash);
    });
    const tried: readonly number[] = useTop && !trustsTop ? strange.slice(0, samples) : [];
    for (const sample of tried) {
      const read = new Map<number, string | undefined>();
      await readInto(read, [sample], byRetr);
      const hash = read.get(sample);
      if (hash === undefined) continue;
      trustsTop = hashes.get(sample) === hash;
      useTop = trustsTop;
      // Nothing that it told stands, also where RETR is refused.
      if (!trustsTop) for (const number of strange) hashes.set(number, read.get(number));
      break;
    }
    const unread = batch.filter((number) => hashes.get(number) === undefined);
    await readInto(hashes, unread, byRetr);
    const worksByRetrOnly =
      unread.length === batch.length && unread.some((number) => hashes.get(number) !== undefined);
    if (worksByRetrOnly) useTop = false;
  }
  return hashes;
}

async function readInto(
  hashes: Map<number, string | undefined>,
  messageNumbers: readonly number[],
  ask: (messageNumber: number) => MessageStream,
): Promise<void> {
  const streams = messageNumbers.map(ask);
  for (const [index, stream] of streams.entries()) {
    const number = messageNumbers[index] ?? 0;
    try {
      hashes.set(number, await hashHeader(stream));
    } catch (error) {
      if (!(error instanceof CommandRejectedError)) throw error;
      hashes.set(number, undefined);
    }
  }
}

/** Tells whether a hash is that of one of these. */
export function hashesOf(entries: Iterable<LedgerEntry>): (hash: string) => boolean {
  const hashes = new Set<string>();
  for (const { headerHash } of entries) if (headerHash !== undefined) hashes.add(headerHash);
  return (hash) => hashes.has(hash);
}

/** SHA-256 of a message's header, with LF line ends. */
async function hashHeader(content: AsyncIterable<Uint8Array>): Promise<string> {
  const header = new HeaderHash();
  for await (const piece of content) header.update(piece);
  return header.digest();
}

import { CommandRejectedError, type MessageStream, type Pop3Client } from '@postrider/pop3';
import type { LedgerEntry } from '../plan/index.ts';
import { HeaderHash } from './header-hash.ts';

// Bounded, so that the streams that wait for their turn hold little.
const together = 64;

/**
 * The hashes of the headers of some messages, read with `TOP n 0`, or RETR where TOP is missing; undefined for those that cannot be read.
 *
 * Some servers give another header with TOP than with RETR, which made the hashes that are known. So the first that is none of those is read with RETR
 * too: it tells whether TOP is to be believed.
 *
 * @param isKnown - whether a message that is home has such a hash; left out where none is known.
 */
export async function readHeaderHashes(
  client: Pop3Client,
  messageNumbers: readonly number[],
  isKnown?: (hash: string) => boolean,
): Promise<Map<number, string | undefined>> {
  const hashes = new Map<number, string | undefined>();
  const byTop = (number: number): MessageStream => client.top(number, 0);
  const byRetr = (number: number): MessageStream => client.retrieve(number);
  let useTop = true;
  let trustsTop = isKnown === undefined;
  for (let start = 0; start < messageNumbers.length; start += together) {
    const batch = messageNumbers.slice(start, start + together);
    if (useTop) await readInto(hashes, batch, byTop);
    const strange = batch.filter((number) => {
      const hash = hashes.get(number);
      return hash !== undefined && isKnown?.(hash) === false;
    });
    const [sample] = strange;
    if (useTop && !trustsTop && sample !== undefined) {
      const told = hashes.get(sample);
      await readInto(hashes, [sample], byRetr);
      trustsTop = hashes.get(sample) === told;
      useTop = trustsTop;
      if (!trustsTop) await readInto(hashes, strange.slice(1), byRetr);
    }
    const unread = batch.filter((number) => hashes.get(number) === undefined);
    await readInto(hashes, unread, byRetr);
    const worksByRetrOnly =
      unread.length === batch.length && unread.some((number) => hashes.get(number) !== undefined);
    if (worksByRetrOnly) useTop = false;
  }
  return hashes;
}

// What is refused leaves what is known already.
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
      hashes.set(number, hashes.get(number));
    }
  }
}

/** Tells whether a hash is that of one of these; undefined where none of them has one. */
export function hashesOf(entries: Iterable<LedgerEntry>): ((hash: string) => boolean) | undefined {
  const hashes = new Set<string>();
  for (const { headerHash } of entries) if (headerHash !== undefined) hashes.add(headerHash);
  return hashes.size === 0 ? undefined : (hash) => hashes.has(hash);
}

/** SHA-256 of a message's header, with LF line ends. */
async function hashHeader(content: AsyncIterable<Uint8Array>): Promise<string> {
  const header = new HeaderHash();
  for await (const piece of content) header.update(piece);
  return header.digest();
}

import { createHash } from 'node:crypto';
import { CommandRejectedError, type Pop3Client } from '@postrider/pop3';

const LF = 0x0a;
const CR = 0x0d;

/**
 * The hashes of the headers of some messages, read with `TOP n 0`, or RETR where TOP is missing; undefined for those that cannot be read. The first
 * blank line ends what is hashed, so that servers that send more, or change how much, give the same hash.
 */
export async function readHeaderHashes(
  client: Pop3Client,
  messageNumbers: readonly number[],
): Promise<Map<number, string | undefined>> {
  const hashes = new Map<number, string | undefined>();
  let useTop = true;
  // Bounded, so that the streams that wait for their turn hold little.
  for (let start = 0; start < messageNumbers.length; start += 64) {
    const batch = messageNumbers.slice(start, start + 64);
    const streams = batch.map((number) => (useTop ? client.top(number, 0) : client.retrieve(number)));
    for (const [index, stream] of streams.entries()) {
      const number = batch[index] ?? 0;
      try {
        hashes.set(number, await hashHeader(stream));
      } catch (error) {
        if (!(error instanceof CommandRejectedError)) throw error;
        if (useTop) hashes.set(number, await retry(client, number));
        else hashes.set(number, undefined);
        if (index === 0 && hashes.get(number) !== undefined) useTop = false;
      }
    }
  }
  return hashes;
}

async function retry(client: Pop3Client, messageNumber: number): Promise<string | undefined> {
  try {
    return await hashHeader(client.retrieve(messageNumber));
  } catch (error) {
    if (!(error instanceof CommandRejectedError)) throw error;
    return undefined;
  }
}

/** SHA-256 of a header: its lines up to the blank one, each ended by LF. */
export async function hashHeader(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  let carried: Uint8Array = new Uint8Array(0);
  for await (const piece of content) {
    let octets = piece;
    if (carried.length > 0) octets = Buffer.concat([carried, piece]);
    let position = 0;
    for (;;) {
      const end = octets.indexOf(LF, position);
      if (end < 0) break;
      const line = octets.subarray(position, end > position && octets[end - 1] === CR ? end - 1 : end);
      if (line.length === 0) return hash.digest('hex');
      hash.update(line).update('\n');
      position = end + 1;
    }
    carried = octets.subarray(position);
    // A line without an end is not carried on for ever.
    if (carried.length > 65_536) {
      hash.update(carried);
      carried = new Uint8Array(0);
    }
  }
  return hash.update(carried).digest('hex');
}

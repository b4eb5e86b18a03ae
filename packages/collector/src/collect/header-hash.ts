import { hash } from 'node:crypto';
import { CommandRejectedError, type Pop3Client } from '@postrider/pop3';

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

/** SHA-256 of a message's header, with LF line ends. */
async function hashHeader(content: AsyncIterable<Uint8Array>): Promise<string> {
  const header = new HeaderHash();
  for await (const piece of content) header.update(piece);
  return header.digest();
}

const longestHeader = 262_144;

/** Hashes the header of a message whose octets come in pieces: up to the first blank line, or 256 KB. What comes behind costs nothing. */
export class HeaderHash {
  #pieces: Uint8Array[] = [];
  #octets = 0;
  #digest: string | undefined;

  update(octets: Uint8Array): void {
    if (this.#digest !== undefined) return;
    this.#pieces.push(octets);
    this.#octets += octets.length;
    const header = this.#header();
    if (header !== undefined) this.#finish(header);
    else if (this.#octets >= longestHeader) this.digest();
  }

  /** The hash; a header that no blank line ends counts as it is. */
  digest(): string {
    return this.#digest ?? this.#finish(normalize(this.#joined()));
  }

  #header(): string | undefined {
    const text = normalize(this.#joined());
    const end = text.startsWith('\n') ? 0 : text.indexOf('\n\n');
    return end < 0 ? undefined : text.slice(0, end + 1);
  }

  #joined(): Buffer {
    const [only] = this.#pieces;
    if (this.#pieces.length === 1 && only !== undefined) {
      return Buffer.from(only.buffer, only.byteOffset, Math.min(only.length, longestHeader));
    }
    const joined = Buffer.concat(this.#pieces).subarray(0, longestHeader);
    this.#pieces = [joined];
    return joined;
  }

  #finish(header: string): string {
    this.#pieces = [];
    this.#digest = hash('sha256', header);
    return this.#digest;
  }
}

function normalize(octets: Buffer): string {
  return octets.toString('latin1').replaceAll('\r\n', '\n').replace(/\n?$/, '\n');
}

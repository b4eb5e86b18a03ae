import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';

const CR = 0x0d;
const LF = 0x0a;

/** Where the octets of a message are in a file. */
export interface FileRange {
  readonly path: string;
  /** The first octet. */
  readonly start?: number | undefined;
  /** The octet after the last one; undefined: the file's end. */
  readonly end?: number | undefined;
}

/** The octets of a stored message, with every bare LF made a CRLF: what POP3 sends (RFC 1939 section 11). Bare CRs stay. */
export async function* readStored({ path, start = 0, end }: FileRange): AsyncGenerator<Uint8Array, void> {
  if (end !== undefined && end <= start) return;
  const stream = createReadStream(path, {
    start,
    ...(end === undefined ? {} : { end: end - 1 }),
    highWaterMark: 262_144,
  });
  let afterCr = false;
  for await (const chunk of stream) {
    if (!(chunk instanceof Uint8Array)) continue;
    const octets = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    yield toCrlf(octets, afterCr);
    afterCr = octets[octets.length - 1] === CR;
  }
}

/** How many octets {@link readStored} will give. */
export async function countStored(range: FileRange): Promise<number> {
  let octets = 0;
  for await (const piece of readStored(range)) octets += piece.length;
  return octets;
}

/** Whether a path is a plain file: links and devices are never followed. */
export async function isPlainFile(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isFile();
  } catch {
    return false;
  }
}

function toCrlf(octets: Buffer, afterCr: boolean): Uint8Array {
  const first = octets.indexOf(LF);
  if (first < 0) return octets;
  // The engine's string routines are several times faster than a loop over lines.
  const text = octets.toString('latin1');
  const converted = text.includes('\r\n') ? text.split('\r\n').join('\n') : text;
  const result = Buffer.from(converted.split('\n').join('\r\n'), 'latin1');
  // The LF that begins this piece had its CR at the end of the one before.
  return afterCr && first === 0 ? result.subarray(1) : result;
}

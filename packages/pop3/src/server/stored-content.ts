import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { MaildropUnusableError } from './maildrop.ts';

const CR = 0x0d;
const LF = 0x0a;
// Larger pieces are converted more slowly: they do not fit into the processor's cache.
const pieceOctets = 65_536;
const lineEnd: Uint8Array = new Uint8Array([CR, LF]);

/** The octets of a message in an open file. */
export interface OpenRange {
  readonly file: FileHandle;
  readonly start: number;
  /** The octet after the last one. */
  readonly end: number;
}

/**
 * Opens a file for reading. Links, folders, pipes and devices are refused, also where somebody puts them there at the last moment.
 *
 * @throws MaildropUnusableError where it is no plain file.
 */
export async function openPlainFile(path: string | Buffer): Promise<OpenRange> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new MaildropUnusableError('it is no plain file');
    return { file, start: 0, end: status.size };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The octets of a stored message as POP3 sends them: every bare LF becomes a CRLF, and an unfinished last line gets one (RFC 1939 section 11).
 * Bare CRs stay. The file stays open.
 */
export async function* readRange({ file, start, end }: OpenRange): AsyncGenerator<Uint8Array, void> {
  let afterCr = false;
  let unfinished = false;
  for (let position = start; position < end; ) {
    const octets = Buffer.allocUnsafe(Math.min(pieceOctets, end - position));
    const { bytesRead } = await file.read(octets, 0, octets.length, position);
    if (bytesRead === 0) throw new Error('the file has become shorter');
    position += bytesRead;
    const piece = octets.subarray(0, bytesRead);
    yield toCrlf(piece, afterCr);
    const last = piece[bytesRead - 1];
    afterCr = last === CR;
    unfinished = last !== LF;
  }
  if (unfinished) yield lineEnd;
}

/** The same, and the file is closed at the end. */
export async function* readStored(range: OpenRange): AsyncGenerator<Uint8Array, void> {
  try {
    yield* readRange(range);
  } finally {
    await range.file.close();
  }
}

/** How many octets {@link readStored} gives. */
export async function countStored(range: OpenRange): Promise<number> {
  let octets = 0;
  for await (const piece of readStored(range)) octets += piece.length;
  return octets;
}

function toCrlf(octets: Buffer, afterCr: boolean): Uint8Array {
  const first = octets.indexOf(LF);
  if (first < 0) return octets;
  // The engine's string routines are twice as fast as a loop over lines.
  const text = octets.toString('latin1', 0, octets.length);
  const converted = text.includes('\r') ? text.replace(/\r?\n/g, '\r\n') : text.replaceAll('\n', '\r\n');
  const result = Buffer.from(converted, 'latin1');
  // The LF that begins this piece had its CR at the end of the one before.
  return afterCr && first === 0 ? result.subarray(1) : result;
}

import { createHash } from 'node:crypto';
import { type OpenRange, readRange } from './stored-content.ts';

const LF = 0x0a;
const CR = 0x0d;
const windowOctets = 1 << 20;
// The longest separator line.
const longestLine = 4096;
const lineThenFrom = Buffer.from('\nFrom ');

/** Where a message is in an mbox file. */
export interface MboxRange {
  /** The first octet of its separator line. */
  readonly separator: number;
  /** The first octet behind that line. */
  readonly start: number;
  /** The octet after its last one; the blank line that belongs to the file is not included. */
  readonly end: number;
}

/**
 * Finds the messages of an mbox file (RFC 4155): each begins with a line `From SENDER DATE`, at the file's start or behind a blank line.
 * Quoted lines (`>From `) are no separators. Undefined: the file does not begin with one, so it is no mbox.
 */
export async function findMessages(range: OpenRange): Promise<MboxRange[] | undefined> {
  const { end: size } = range;
  const found = await findSeparators(range);
  if (size > 0 && found[0]?.separator !== 0) return undefined;
  const tail = size > 0 ? await blankLineBefore(range, size) : 0;
  return found.map(({ separator, start }, index) => {
    const next = found[index + 1];
    const end = next === undefined ? size - tail : next.separator - next.blank;
    return { separator, start, end: Math.max(start, end) };
  });
}

interface Separator {
  readonly separator: number;
  readonly start: number;
  /** The octets of the blank line before it. */
  readonly blank: number;
}

async function findSeparators({ file, end: size }: OpenRange): Promise<Separator[]> {
  const found: Separator[] = [];
  const window = Buffer.alloc(windowOctets);
  for (let offset = 0; offset < size; offset += windowOctets - longestLine - 4) {
    const { bytesRead } = await file.read(window, 0, Math.min(windowOctets, size - offset), offset);
    const octets = window.subarray(0, bytesRead);
    const last = offset + bytesRead >= size;
    for (const at of candidates(octets, offset === 0)) {
      // The next window shows this line whole.
      if (!last && at >= octets.length - longestLine) break;
      const separator = offset + at;
      if (separator <= (found.at(-1)?.separator ?? -1)) continue;
      const blank = blankLineAt(octets, at);
      const lineEnd = octets.indexOf(LF, at);
      const line = octets.toString('latin1', at, lineEnd < 0 ? octets.length : lineEnd);
      if ((separator > 0 && blank === 0) || line.length > longestLine || !isSeparator(line)) continue;
      found.push({ separator, blank, start: lineEnd < 0 ? size : offset + lineEnd + 1 });
    }
    if (last) break;
  }
  return found;
}

/** Where lines begin with `From `. */
function* candidates(octets: Buffer, fileStart: boolean): Generator<number> {
  if (fileStart && octets.subarray(0, 5).equals(lineThenFrom.subarray(1))) yield 0;
  for (let at = octets.indexOf(lineThenFrom); at >= 0; at = octets.indexOf(lineThenFrom, at + 1))
    yield at + 1;
}

// A time of day tells it from a sentence that begins with "From"; Thunderbird writes neither sender nor time.
function isSeparator(line: string): boolean {
  return /^From (?:.*\d:\d\d|-?\s*$)/.test(line);
}

/** The octets of the blank line that ends at a place, 0 where there is none. */
function blankLineAt(octets: Uint8Array, at: number): number {
  if (octets[at - 1] !== LF) return 0;
  if (octets[at - 2] === LF) return 1;
  return octets[at - 2] === CR && octets[at - 3] === LF ? 2 : 0;
}

async function blankLineBefore({ file }: OpenRange, end: number): Promise<number> {
  const octets = Buffer.alloc(Math.min(3, end));
  await file.read(octets, 0, octets.length, end - octets.length);
  return blankLineAt(octets, octets.length);
}

// What mail programs change in a message after its delivery.
const changing =
  /^(?:status|x-status|x-keywords|x-uid|x-imap|x-imapbase|x-mozilla-[a-z0-9-]+|content-length|lines):/i;

/** A message's octets as POP3 sends them, and a unique-id from what never changes: separator, header, size of the body. */
export async function describeMessage(
  { file }: OpenRange,
  { separator, start, end }: MboxRange,
): Promise<{ octets: number; uniqueId: string }> {
  const line = Buffer.alloc(start - separator);
  await file.read(line, 0, line.length, separator);
  let octets = 0;
  let trailing = 0;
  let beginning = '';
  let header: string | undefined;
  for await (const piece of readRange({ file, start, end })) {
    octets += piece.length;
    const ending = countTrailing(piece);
    trailing = ending === piece.length ? trailing + ending : ending;
    if (header !== undefined) continue;
    beginning += Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1');
    header = headerIn(beginning);
  }
  header ??= beginning;
  // Programs do not agree on the blank lines at a message's end.
  const bodyOctets = Math.max(0, octets - header.length - trailing);
  const stable = [line.toString('latin1').trimEnd(), stableHeader(header), bodyOctets].join('\n');
  return { octets, uniqueId: createHash('sha256').update(stable, 'latin1').digest('hex').slice(0, 40) };
}

/** The header, where the text holds all of it, or is longer than any header is. */
function headerIn(text: string): string | undefined {
  if (text.startsWith('\r\n')) return '';
  const end = text.indexOf('\r\n\r\n');
  if (end >= 0) return text.slice(0, end + 2);
  return text.length > windowOctets ? text : undefined;
}

function stableHeader(header: string): string {
  return header
    .split(/\r\n(?![ \t])/)
    .filter((field) => !changing.test(field))
    .join('\r\n')
    .trimEnd();
}

function countTrailing(octets: Uint8Array): number {
  let at = octets.length;
  while (at > 0 && (octets[at - 1] === LF || octets[at - 1] === CR)) at--;
  return octets.length - at;
}

import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import type { MboxJournal, MboxPart } from './mbox-journal.ts';

/**
 * What stands where a group was being appended: `ours` (nothing, or the group's beginning: it can be cut off), `whole` (all of the group, and
 * perhaps what another program put behind it), or `changed` (another program has written to the file since: it is left alone).
 */
export type TailVerdict = 'ours' | 'whole' | 'changed';

// Octets that a group has at a place; or, where a loss of power took them, only that no mail begins there.
type Stretch =
  | { readonly position: number; readonly octets: Buffer }
  | { readonly position: number; readonly end: number };

const pieceOctets = 1 << 18;
const ourFrom = Buffer.from('From MAILER-DAEMON ');
// What we write has no line that begins like this: it is quoted. Behind a line of ours that was cut short, a `From ` line is told by its date.
const otherMail = /\nFrom |From [^\n]{1,400}? (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d /;
const longestFrom = 450;

/** Compares what follows an mbox file's old end with the group that a crash kept from being finished. */
export function judgeTail(path: string, journal: MboxJournal): TailVerdict {
  const file = openSync(path, 'r');
  try {
    let whole = true;
    for (const stretch of stretches(journal)) {
      const { position } = stretch;
      if ('end' in stretch) {
        whole = false;
        if (hasOtherMail(file, position, stretch.end)) return 'changed';
        continue;
      }
      const { octets } = stretch;
      const present = readAt(file, position, octets.length);
      if (!present.equals(octets.subarray(0, present.length))) return 'changed';
      if (present.length < octets.length) return 'ours';
    }
    if (whole) return 'whole';
    const { length, gap, parts } = journal;
    const end = parts.reduce((sum, { octets }) => sum + octets, length + gap.length);
    return fstatSync(file).size <= end ? 'ours' : 'changed';
  } finally {
    closeSync(file);
  }
}

// The journal is durable, and so is the group's beginning in it. The parts are there as far as a loss of power left them.
function* stretches({ length, gap, parts, head }: MboxJournal): Generator<Stretch> {
  yield { position: length, octets: Buffer.from(gap + head, 'latin1') };
  let start = length + gap.length;
  for (const part of parts) {
    const end = start + part.octets;
    yield { position: start, octets: ourFrom };
    let position = start;
    for (const octets of contentOf(part)) {
      yield { position, octets };
      position += octets.length;
    }
    // From the last octet that is known: a line may end with it.
    if (position < end) yield { position: Math.max(start + ourFrom.length, position - 1), end };
    start = end;
  }
}

function* contentOf({ path, octets }: MboxPart): Generator<Buffer> {
  if (!existsSync(path)) return;
  const file = openSync(path, 'r');
  try {
    for (let position = 0; position < octets; ) {
      const piece = readAt(file, position, Math.min(pieceOctets, octets - position));
      if (piece.length === 0) break;
      position += piece.length;
      yield piece;
    }
  } finally {
    closeSync(file);
  }
}

function hasOtherMail(file: number, from: number, end: number): boolean {
  let text = '';
  for (let position = from; position < end; ) {
    const octets = readAt(file, position, Math.min(pieceOctets, end - position));
    if (octets.length === 0) break;
    position += octets.length;
    text = text.slice(-longestFrom) + octets.toString('latin1');
    if (otherMail.test(text)) return true;
  }
  return false;
}

function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let octets = 0;
  while (octets < length) {
    const read = readSync(file, buffer, octets, length - octets, position + octets);
    if (read === 0) break;
    octets += read;
  }
  return buffer.subarray(0, octets);
}

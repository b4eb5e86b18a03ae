import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { MboxJournal, MboxPart } from './mbox-journal.ts';

/**
 * What stands where a group was being appended: `ours` (nothing, or the group's beginning: it can be cut off), `whole` (all of the group, and
 * perhaps what another program put behind it), or `changed` (another program has written to the file since: it is left alone).
 */
export type TailVerdict = 'ours' | 'whole' | 'changed';

/** Compares what follows an mbox file's old end with the group that a crash kept from being finished. */
export function judgeTail(path: string, journal: MboxJournal): TailVerdict {
  const { length, gap, parts } = journal;
  // A loss of power may have taken the parts. No program has run since then, except by breaking our lock.
  const known = parts.every(isWhole);
  const file = openSync(path, 'r');
  try {
    let position = length;
    for (const expected of known ? groupOctets(journal) : headOctets(journal)) {
      const present = readAt(file, position, expected.length);
      if (!present.equals(expected.subarray(0, present.length))) return 'changed';
      if (present.length < expected.length) return 'ours';
      position += expected.length;
    }
    if (known) return 'whole';
    const end = parts.reduce((sum, { octets }) => sum + octets, length + gap.length);
    return fstatSync(file).size <= end ? 'ours' : 'changed';
  } finally {
    closeSync(file);
  }
}

function* headOctets({ gap, head }: MboxJournal): Generator<Buffer> {
  yield Buffer.from(gap + head, 'latin1');
}

function* groupOctets({ gap, parts }: MboxJournal): Generator<Buffer> {
  yield Buffer.from(gap, 'latin1');
  for (const { path } of parts) {
    const file = openSync(path, 'r');
    try {
      for (let position = 0; ; ) {
        const octets = readAt(file, position, 1 << 18);
        if (octets.length === 0) break;
        position += octets.length;
        yield octets;
      }
    } finally {
      closeSync(file);
    }
  }
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

function isWhole({ path, octets }: MboxPart): boolean {
  return statSync(path, { throwIfNoEntry: false })?.size === octets;
}

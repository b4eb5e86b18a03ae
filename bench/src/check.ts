import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ResultFormat } from './client/client.ts';
import { type Expected, firstLine } from './corpus.ts';

/** Throws unless every expected message is there, octet by octet, once, and nothing else is. */
export function checkResult(output: string, format: ResultFormat, expected: Expected, client: string): void {
  const wanted = format === 'maildir' ? expected.lf : expected.crlf;
  const found = [...hashes(output, format)];
  const seen = new Set(found);
  const missing = [...wanted].filter((hash) => !seen.has(hash)).length;
  if (missing > 0 || found.length !== expected.messages) {
    throw new Error(
      `${client}: ${missing} of ${expected.messages} messages are missing or not exact (${found.length} came)`,
    );
  }
}

function hashes(output: string, format: ResultFormat): Iterable<string> {
  switch (format) {
    case 'maildir':
      return hashFiles(join(output, 'Mail', 'new'), /./);
    case 'files':
      return hashFiles(output, /^\d+$/);
    case 'answers':
      return hashStuffed(readFileSync(join(output, 'raw')), Buffer.from('+OK'));
    case 'bsmtp':
      return hashStuffed(readFileSync(join(output, 'mail.bsmtp')), Buffer.from('DATA\r\n'));
  }
}

function* hashFiles(folder: string, names: RegExp): Generator<string> {
  for (const name of readdirSync(folder)) if (names.test(name)) yield hashFile(join(folder, name));
}

// In pieces: there are messages that do not fit into memory.
function hashFile(path: string): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(Math.min(1 << 22, Math.max(1, statSync(path).size)));
    const hash = createHash('sha256');
    let length = readSync(file, buffer);
    for (let start = startOf(buffer.subarray(0, length)); length > 0; start = 0) {
      hash.update(buffer.subarray(start, length));
      length = readSync(file, buffer);
    }
    return hash.digest('hex');
  } finally {
    closeSync(file);
  }
}

const end = Buffer.from('\r\n.\r\n');
const stuffed = Buffer.from('\r\n.');

/** Messages that a line `.` ends, each behind a line that says so: answers to RETR, or SMTP's DATA. */
function* hashStuffed(octets: Buffer, lead: Buffer): Generator<string> {
  for (let at = octets.indexOf(lead); at >= 0; ) {
    const start = octets.indexOf('\r\n', at) + 2;
    const stop = octets.indexOf(end, start);
    if (stop < 0) throw new Error('a message does not end');
    yield hashUnstuffed(octets.subarray(start, stop + 2));
    at = octets.indexOf(lead, stop + end.length);
  }
}

// Piece by piece: a message may be longer than a string can be.
function hashUnstuffed(octets: Buffer): string {
  const hash = createHash('sha256');
  let from = startOf(octets);
  for (let dot = octets.indexOf(stuffed, from); dot >= 0; dot = octets.indexOf(stuffed, from)) {
    hash.update(octets.subarray(from, dot + 2));
    from = dot + stuffed.length;
  }
  return hash.update(octets.subarray(from)).digest('hex');
}

function startOf(octets: Buffer): number {
  return Math.max(0, octets.indexOf(firstLine));
}

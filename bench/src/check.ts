import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Throws unless every expected message is there, octet by octet, once. Maildirs have LF for CRLF. */
export async function checkResult(
  output: string,
  expected: ReadonlyMap<string, number>,
  client: string,
): Promise<void> {
  const maildir = join(output, 'Mail', 'new');
  const isMaildir = existsSync(maildir);
  const folder = isMaildir ? maildir : output;
  const seen = new Set<string>();
  for (const name of readdirSync(folder)) {
    if (!isMaildir && !/^\d+$/.test(name)) continue;
    const stored = readFileSync(join(folder, name));
    // Clients may add a header of their own before the message (mpop's Received).
    const octets = isMaildir
      ? Buffer.from(stored.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
      : stored;
    const start = Math.max(0, octets.indexOf('Return-Path: <sender@example.org>'));
    seen.add(createHash('sha256').update(octets.subarray(start)).digest('hex'));
  }
  const missing = [...expected.keys()].filter((hash) => !seen.has(hash)).length;
  if (missing > 0 || seen.size !== expected.size) {
    throw new Error(
      `${client}: ${missing} of ${expected.size} messages are missing or not exact (${seen.size} files)`,
    );
  }
}

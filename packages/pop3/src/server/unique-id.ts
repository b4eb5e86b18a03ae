import { createHash } from 'node:crypto';

/** A unique-id for a name: itself where it can be one (RFC 1939 section 7: 1 to 70 of 0x21 to 0x7E), otherwise its hash. */
export function uniqueIdOf(name: string | Buffer): string {
  const text = name.toString('latin1');
  return /^[\x21-\x7e]{1,70}$/.test(text) ? text : createHash('sha256').update(name).digest('hex');
}

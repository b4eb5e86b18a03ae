import { CollectorError } from '../failure/index.ts';

/** A message began with a status line: the server had sent one too many, and this is the answer that belongs to it. */
export class StrayAnswerError extends CollectorError {
  override readonly name = 'StrayAnswerError';
  readonly code = 'ERR_COLLECT_STRAY_ANSWER';
  readonly transient = true;

  constructor(messageNumber: number) {
    super(
      `message ${messageNumber} begins with a status line: the server sent more answers than it was asked for`,
      {
        hint: 'Nothing of it was stored. Look at the dialogue with --trace.',
      },
    );
  }
}

const plus = 0x2b;
const minus = 0x2d;

/** Whether a message's first octets are a status line, which no header field can be. */
export function beginsWithStatus(octets: Uint8Array): boolean {
  // Nearly every message begins with a letter.
  if (octets[0] !== plus && octets[0] !== minus) return false;
  const start = Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.length, 5)).toString('latin1');
  return /^(?:\+OK|-ERR)(?:[ \r]|$)/.test(start);
}

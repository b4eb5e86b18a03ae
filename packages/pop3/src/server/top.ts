import type { CommandOf } from './handler.ts';
import { noSuchMessage } from './no-such-message.ts';
import { sendContent } from './retr.ts';
import type { ServerSession } from './server-session.ts';

const LF = 0x0a;
const CR = 0x0d;

/** TOP (RFC 1939 section 7): the header, the blank line, and so many lines of the body. */
export async function top(session: ServerSession, { messageNumber, lines }: CommandOf<'TOP'>): Promise<void> {
  const message = session.message(messageNumber);
  if (message === undefined) noSuchMessage(session);
  else
    await sendContent(session, message, 'the top of the message follows', firstLines(message.read(), lines));
}

/** The beginning of a message: its header, the blank line, and so many lines of its body. */
export async function* firstLines(
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  lines: number,
): AsyncGenerator<Uint8Array, void> {
  // Undefined: still in the header.
  let left: number | undefined;
  let lineOctets = 0;
  for await (const piece of content) {
    let position = 0;
    while (position < piece.length) {
      const end = piece.indexOf(LF, position);
      if (end < 0) break;
      const blank =
        lineOctets + (end - position) === 0 || (lineOctets + (end - position) === 1 && endsInCr(piece, end));
      if (left !== undefined) left--;
      else if (blank) left = lines;
      position = end + 1;
      lineOctets = 0;
      if (left === 0) {
        yield piece.subarray(0, position);
        return;
      }
    }
    lineOctets += piece.length - position;
    yield piece;
  }
}

// A CR that came at the end of the piece before counts as well.
function endsInCr(piece: Uint8Array, end: number): boolean {
  return end === 0 || piece[end - 1] === CR;
}

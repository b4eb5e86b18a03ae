import { type Content, sendContent } from './content.ts';
import type { CommandOf } from './handler.ts';
import { requireMessage } from './message.ts';
import type { ServerSession } from './server-session.ts';

const LF = 0x0a;
const CR = 0x0d;

/** TOP (RFC 1939 section 7): the header, the blank line, and so many lines of the body. */
export async function top(session: ServerSession, { messageNumber, lines }: CommandOf<'TOP'>): Promise<void> {
  const message = requireMessage(session, messageNumber);
  if (message === undefined) return;
  await sendContent(session, message, 'the top of the message follows', () =>
    firstLines(message.read(), lines),
  );
}

/** The beginning of a message: its header, the blank line, and so many lines of its body. */
export async function* firstLines(content: Content, lines: number): AsyncGenerator<Uint8Array, void> {
  // Undefined: still in the header.
  let left: number | undefined;
  // What the pieces before held of the line at hand.
  let carried = 0;
  let carriedCr = false;
  for await (const piece of content) {
    let position = 0;
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, position)) {
      const length = carried + end - position;
      const endsInCr = end > 0 ? piece[end - 1] === CR : carriedCr;
      if (left !== undefined) left--;
      else if (length === 0 || (length === 1 && endsInCr)) left = lines;
      position = end + 1;
      carried = 0;
      if (left === 0) {
        yield piece.subarray(0, position);
        return;
      }
    }
    carried += piece.length - position;
    if (piece.length > 0) carriedCr = piece[piece.length - 1] === CR;
    yield piece;
  }
}

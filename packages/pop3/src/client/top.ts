import type { CommandOptions } from './exchange.ts';
import type { MessageStream } from './message-stream.ts';
import { openStream } from './retr.ts';
import type { Session } from './session.ts';

/** TOP (RFC 1939 section 7): the header, the blank line, and so many lines of the body. */
export function top(
  session: Session,
  messageNumber: number,
  lines: number,
  options?: CommandOptions,
): MessageStream {
  return openStream(session, { keyword: 'TOP', messageNumber, lines }, options);
}

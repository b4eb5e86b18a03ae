import type { CommandOf } from './handler.ts';
import { noSuchMessage } from './no-such-message.ts';
import type { ServerSession } from './server-session.ts';

/** LIST (RFC 1939 section 5). */
export function list(session: ServerSession, { messageNumber }: CommandOf<'LIST'>): void {
  if (messageNumber === undefined) {
    const listings = [...session.remaining()].map(([number, { octets }]) => `${number} ${octets}`);
    session.lines(`${listings.length} messages`, listings);
    return;
  }
  const message = session.message(messageNumber);
  if (message === undefined) noSuchMessage(session);
  else session.reply('+OK', `${messageNumber} ${message.octets}`);
}

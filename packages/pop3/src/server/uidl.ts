import type { CommandOf } from './handler.ts';
import { noSuchMessage } from './no-such-message.ts';
import type { ServerSession } from './server-session.ts';

/** UIDL (RFC 1939 section 7). */
export function uidl(session: ServerSession, { messageNumber }: CommandOf<'UIDL'>): void {
  if (messageNumber === undefined) {
    const listings = [...session.remaining()].map(([number, { uniqueId }]) => `${number} ${uniqueId}`);
    session.lines(`${listings.length} messages`, listings);
    return;
  }
  const message = session.message(messageNumber);
  if (message === undefined) noSuchMessage(session);
  else session.reply('+OK', `${messageNumber} ${message.uniqueId}`);
}

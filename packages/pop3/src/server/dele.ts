import type { CommandOf } from './handler.ts';
import { noSuchMessage } from './no-such-message.ts';
import type { ServerSession } from './server-session.ts';

/** DELE (RFC 1939 section 5): marks a message. QUIT removes it. */
export function dele(session: ServerSession, { messageNumber }: CommandOf<'DELE'>): void {
  if (session.message(messageNumber) === undefined) {
    noSuchMessage(session);
    return;
  }
  session.requireTransaction().deleted.add(messageNumber);
  session.reply('+OK', `message ${messageNumber} is marked as deleted`);
}

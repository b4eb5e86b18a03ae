import type { CommandOf } from './handler.ts';
import { requireMessage } from './message.ts';
import type { ServerSession } from './server-session.ts';

/** DELE (RFC 1939 section 5): marks a message. QUIT removes it. */
export function dele(session: ServerSession, { messageNumber }: CommandOf<'DELE'>): void {
  if (requireMessage(session, messageNumber) === undefined) return;
  const transaction = session.requireTransaction();
  if (!transaction.writable) {
    session.reply('-ERR', 'nothing can be deleted from this maildrop', { code: 'SYS/PERM' });
    return;
  }
  transaction.mark(messageNumber);
  session.reply('+OK', `message ${messageNumber} is marked as deleted`);
}

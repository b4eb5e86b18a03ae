import type { ServerSession } from './server-session.ts';

/** RSET (RFC 1939 section 5): takes the marks back. */
export function rset(session: ServerSession): void {
  const { deleted, maildrop } = session.requireTransaction();
  deleted.clear();
  session.reply('+OK', `${maildrop.messages.length} messages`);
}

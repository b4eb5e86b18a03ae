import type { ServerSession } from './server-session.ts';

/** RSET (RFC 1939 section 5): takes the marks back. */
export function rset(session: ServerSession): void {
  const transaction = session.requireTransaction();
  transaction.reset();
  session.reply('+OK', `${transaction.count} messages`);
}

import type { ServerSession } from './server-session.ts';

/** STAT (RFC 1939 section 5). */
export function stat(session: ServerSession): void {
  const { count, octets } = session.requireTransaction();
  session.reply('+OK', `${count} ${octets}`);
}

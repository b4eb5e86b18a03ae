import type { ServerSession } from './server-session.ts';

/** NOOP (RFC 1939 section 5). */
export function noop(session: ServerSession): void {
  session.reply('+OK', '');
}

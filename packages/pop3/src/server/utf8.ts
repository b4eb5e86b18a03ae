import type { ServerSession } from './server-session.ts';

/** UTF8 (RFC 6856 section 2): messages that need it may be sent from now on. The others are sent as they are stored anyway. */
export function utf8(session: ServerSession): void {
  if (session.context.options.utf8 === false) {
    session.reply('-ERR', 'UTF8 is not supported here');
    return;
  }
  session.utf8 = true;
  session.reply('+OK', 'messages are sent as they are stored');
}

import type { ServerSession } from './server-session.ts';

/** UTF8 (RFC 6856 section 2). Messages are sent as they are stored, so nothing changes but what the client may expect. */
export function utf8(session: ServerSession): void {
  if (session.context.options.utf8 === false) session.reply('-ERR', 'UTF8 is not supported here');
  else session.reply('+OK', 'messages are sent as they are stored');
}

import type { MaildropMessage } from './maildrop.ts';
import type { ServerSession } from './server-session.ts';

/** The message of a number; where there is none, or it is marked as deleted, undefined, and the client has its `-ERR`. */
export function requireMessage(session: ServerSession, messageNumber: number): MaildropMessage | undefined {
  const message = session.requireTransaction().message(messageNumber);
  if (message === undefined) session.reply('-ERR', 'no such message');
  return message;
}

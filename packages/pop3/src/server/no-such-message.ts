import type { ServerSession } from './server-session.ts';

/** The answer to a message-number that stands for nothing, or for a message that is marked as deleted. */
export function noSuchMessage(session: ServerSession): void {
  session.reply('-ERR', 'no such message');
}

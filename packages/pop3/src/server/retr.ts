import { sendContent } from './content.ts';
import type { CommandOf } from './handler.ts';
import { requireMessage } from './message.ts';
import type { ServerSession } from './server-session.ts';

/** RETR (RFC 1939 section 5). */
export async function retr(session: ServerSession, { messageNumber }: CommandOf<'RETR'>): Promise<void> {
  const message = requireMessage(session, messageNumber);
  if (message !== undefined) {
    await sendContent(session, message, `${message.octets} octets`, () => message.read());
  }
}

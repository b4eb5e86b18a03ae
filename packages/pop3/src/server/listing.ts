import type { MaildropMessage } from './maildrop.ts';
import { requireMessage } from './message.ts';
import type { ServerSession } from './server-session.ts';

/** Answers LIST and UIDL: all messages that are not marked as deleted, or one of them, each with one value. */
export async function sendListing(
  session: ServerSession,
  messageNumber: number | undefined,
  value: (message: MaildropMessage) => string | number,
): Promise<void> {
  if (messageNumber !== undefined) {
    const message = requireMessage(session, messageNumber);
    if (message !== undefined) session.reply('+OK', `${messageNumber} ${value(message)}`);
    return;
  }
  const transaction = session.requireTransaction();
  await session.lines(`${transaction.count} messages`, lines());

  function* lines(): Generator<string, void> {
    for (const [number, message] of transaction.remaining()) yield `${number} ${value(message)}`;
  }
}

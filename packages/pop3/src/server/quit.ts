import type { MaildropMessage } from './maildrop.ts';
import type { ServerSession } from './server-session.ts';

/** QUIT (RFC 1939 sections 4 and 6): after a login, removes what is marked as deleted, gives the lock back, and only then answers. */
export async function quit(session: ServerSession): Promise<void> {
  const { transaction } = session;
  if (transaction === undefined) {
    session.reply('+OK', 'goodbye');
    return;
  }
  const { maildrop, deleted } = transaction;
  const removed = [...deleted]
    .sort((a, b) => a - b)
    .map((messageNumber) => maildrop.messages[messageNumber - 1])
    .filter((message): message is MaildropMessage => message !== undefined);
  try {
    if (removed.length > 0) await maildrop.remove(removed);
    session.log({ event: 'quit', removed: removed.length });
    session.transaction = undefined;
    await maildrop.close();
    session.reply('+OK', removed.length === 0 ? 'goodbye' : `${removed.length} messages removed, goodbye`);
  } catch (error) {
    session.log({ event: 'error', error });
    session.reply('-ERR', 'some deleted messages were not removed', { code: 'SYS/TEMP' });
  }
}

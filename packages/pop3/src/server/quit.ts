import type { ServerSession } from './server-session.ts';

/** QUIT (RFC 1939 sections 4 and 6): after a login, removes what is marked as deleted, gives the lock back, and only then answers. */
export async function quit(session: ServerSession): Promise<void> {
  const { transaction } = session;
  if (transaction === undefined) {
    session.log({ event: 'quit' });
    session.reply('+OK', 'goodbye');
    return;
  }
  let removed: number | undefined;
  try {
    removed = await transaction.commit();
  } catch (error) {
    session.log({ event: 'error', error });
  }
  await transaction.close().catch((error: unknown) => session.log({ event: 'error', error }));
  session.log({ event: 'quit', removed });
  if (removed === undefined) {
    session.reply('-ERR', 'some deleted messages not removed', { code: 'SYS/TEMP' });
  } else {
    session.reply('+OK', removed === 0 ? 'goodbye' : `${removed} messages removed, goodbye`);
  }
}

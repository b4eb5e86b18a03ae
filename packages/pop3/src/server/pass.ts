import { verifyPassword } from '../sasl/index.ts';
import { nodeCrypto } from '../transport/index.ts';
import type { CommandOf } from './handler.ts';
import { admit, refuseReadable, reject, takesReadablePasswords } from './login.ts';
import type { ServerSession } from './server-session.ts';

/** PASS (RFC 1939 section 7). After a failure, the client starts again with USER. */
export async function pass(session: ServerSession, { password }: CommandOf<'PASS'>): Promise<void> {
  if (!takesReadablePasswords(session)) {
    refuseReadable(session);
    return;
  }
  const { user } = session;
  session.user = undefined;
  if (user === undefined) {
    session.reply('-ERR', 'send USER first');
    return;
  }
  const text = password.reveal();
  const { store } = session.context;
  const good = typeof text === 'string' && (await verifyPassword({ store, crypto: nodeCrypto }, user, text));
  if (good) await admit(session, user, 'USER');
  else await reject(session, { mechanism: 'USER', user, reason: 'wrong user name or password' });
}

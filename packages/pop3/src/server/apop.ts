import { verifyApop } from '../sasl/index.ts';
import { nodeCrypto } from '../transport/index.ts';
import type { CommandOf } from './handler.ts';
import { admit, reject } from './login.ts';
import type { ServerSession } from './server-session.ts';

/** APOP (RFC 1939 section 7). */
export async function apop(session: ServerSession, { name, digest }: CommandOf<'APOP'>): Promise<void> {
  if (session.timestamp === undefined) {
    session.reply('-ERR', 'APOP is not supported here');
    return;
  }
  const { store } = session.context;
  const step = await verifyApop({ store, crypto: nodeCrypto }, session.timestamp, name, digest);
  if (step.type === 'success') await admit(session, step.user, 'APOP');
  else await reject(session, { mechanism: 'APOP', user: name, reason: 'wrong user name or password' });
}

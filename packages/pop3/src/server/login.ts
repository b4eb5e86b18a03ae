import { isPop3Error } from '../protocol/index.ts';
import { MaildropInUseError } from './maildrop.ts';
import type { ServerSession } from './server-session.ts';
import { Transaction } from './transaction.ts';

/** Whether readable passwords may be taken over this connection. */
export function takesReadablePasswords(session: ServerSession): boolean {
  return session.transport.tls !== undefined || session.context.options.allowCleartextPassword === true;
}

/** Opens the maildrop of a user whose credentials are good, and answers. */
export async function admit(session: ServerSession, user: string, mechanism: string): Promise<void> {
  const { options, logins, inUse } = session.context;
  const refuse = (responseCode: string, text: string): void => {
    session.log({ event: 'login-refused', user, mechanism, responseCode });
    session.reply('-ERR', text, { code: responseCode });
  };
  const now = performance.now();
  const earliest = (logins.get(user) ?? Number.NEGATIVE_INFINITY) + (options.loginDelay ?? 0) * 1000;
  if (now < earliest) {
    return refuse('LOGIN-DELAY', `wait ${Math.ceil((earliest - now) / 1000)} seconds, then log in again`);
  }
  if (inUse.has(user)) return refuse('IN-USE', 'another session has the maildrop');
  inUse.add(user);
  try {
    const maildrop = await (await options.maildrop(user)).open();
    session.transaction = new Transaction(user, maildrop, () => inUse.delete(user));
  } catch (error) {
    inUse.delete(user);
    if (error instanceof MaildropInUseError) return refuse('IN-USE', 'another session has the maildrop');
    session.log({ event: 'error', user, error });
    return isPop3Error(error) && !error.transient
      ? refuse('SYS/PERM', 'the maildrop cannot be opened')
      : refuse('SYS/TEMP', 'the maildrop cannot be opened now');
  }
  if (options.loginDelay !== undefined) logins.set(user, now);
  session.log({ event: 'login', mechanism });
  session.reply('+OK', `${session.transaction.count} messages`);
}

/** Answers a login that failed: late. Too many end the session. */
export async function reject(
  session: ServerSession,
  { mechanism, user, reason }: { mechanism: string; user?: string | undefined; reason: string },
): Promise<void> {
  const { failureDelay = 1000, maximumFailures = 5 } = session.context.options;
  session.failures++;
  session.log({ event: 'login-failed', mechanism, user });
  if (failureDelay > 0) await session.pause(failureDelay);
  session.reply('-ERR', reason, { code: 'AUTH' });
  if (session.failures >= maximumFailures) session.end();
}

/** Answers a login that sends its password readable over a connection where that is not wanted (RFC 3206 section 4). */
export function refuseReadable(session: ServerSession): void {
  const advice = session.security === 'starttls' ? 'use STLS first' : 'use a connection with TLS';
  session.reply('-ERR', `readable passwords are not taken here, ${advice}`, { code: 'AUTH' });
}

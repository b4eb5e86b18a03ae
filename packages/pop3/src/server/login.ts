import { MaildropInUseError } from './maildrop.ts';
import type { ServerSession } from './server-session.ts';

/** Whether readable passwords may be taken over this connection. */
export function takesReadablePasswords(session: ServerSession): boolean {
  return session.transport.tls !== undefined || session.context.options.allowCleartextPassword === true;
}

/** Opens the maildrop of a user whose credentials are good, and answers. */
export async function admit(session: ServerSession, user: string, mechanism: string): Promise<void> {
  const { options, logins } = session.context;
  const earliest = (logins.get(user) ?? Number.NEGATIVE_INFINITY) + (options.loginDelay ?? 0) * 1000;
  if (Date.now() < earliest) {
    session.reply('-ERR', `wait ${options.loginDelay} seconds between two logins`, { code: 'LOGIN-DELAY' });
    return;
  }
  try {
    const maildrop = await (await options.maildrop(user)).open();
    session.transaction = { user, maildrop, deleted: new Set() };
  } catch (error) {
    if (error instanceof MaildropInUseError) {
      session.reply('-ERR', 'another session has the maildrop', { code: 'IN-USE' });
      return;
    }
    session.log({ event: 'error', user, error });
    session.reply('-ERR', 'the maildrop cannot be opened now', { code: 'SYS/TEMP' });
    return;
  }
  if (options.loginDelay !== undefined) logins.set(user, Date.now());
  session.log({ event: 'login', mechanism });
  session.reply('+OK', `${session.transaction.maildrop.messages.length} messages`);
}

/** Answers a login whose credentials are wrong: late, and always in the same words. Too many end the session. */
export async function reject(session: ServerSession, mechanism: string, user?: string): Promise<void> {
  const { failureDelay = 1000, maximumFailures = 5 } = session.context.options;
  session.failures++;
  session.log({ event: 'login-failed', mechanism, user });
  if (failureDelay > 0) await new Promise((resolve) => setTimeout(resolve, failureDelay));
  session.reply('-ERR', 'wrong user name or password', { code: 'AUTH' });
  if (session.failures < maximumFailures) return;
  await session.flush();
  await session.transport.close();
}

/** Answers a login that sends its password readable over a connection where that is not wanted. */
export function refuseReadable(session: ServerSession): void {
  const advice = session.security === 'starttls' ? 'use STLS first' : 'use a connection with TLS';
  session.reply('-ERR', `readable passwords are not taken here, ${advice}`);
}

import type { CommandOf } from './handler.ts';
import { refuseReadable, takesReadablePasswords } from './login.ts';
import type { ServerSession } from './server-session.ts';

/** USER (RFC 1939 section 7). Every name is accepted: nobody learns which ones there are. */
export function user(session: ServerSession, { name }: CommandOf<'USER'>): void {
  if (!takesReadablePasswords(session)) {
    refuseReadable(session);
    return;
  }
  session.user = name;
  session.reply('+OK', 'send the password');
}

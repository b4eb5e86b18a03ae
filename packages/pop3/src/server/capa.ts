import { offeredMechanisms } from './auth.ts';
import { takesReadablePasswords } from './login.ts';
import type { ServerSession } from './server-session.ts';

/** CAPA (RFC 2449 section 5): what can be used now, in this state. So it differs before and behind STLS, and after the login. */
export function capa(session: ServerSession): Promise<void> {
  return session.lines('this is what can be done', capabilities(session));
}

function* capabilities(session: ServerSession): Generator<string> {
  const { options } = session.context;
  const { pipelining = true, utf8 = true, lang = true, implementation = 'Postrider' } = options;
  yield 'TOP';
  yield 'UIDL';
  yield 'RESP-CODES';
  yield 'AUTH-RESP-CODE';
  if (pipelining) yield 'PIPELINING';
  if (utf8) yield 'UTF8 USER';
  if (lang) yield 'LANG';
  if (session.state === 'AUTHORIZATION') {
    if (session.security === 'starttls' && session.transport.tls === undefined) yield 'STLS';
    if (takesReadablePasswords(session)) yield 'USER';
    const mechanisms = offeredMechanisms(session);
    if (mechanisms.length > 0) yield `SASL ${mechanisms.join(' ')}`;
  }
  if (options.loginDelay !== undefined) yield `LOGIN-DELAY ${options.loginDelay}`;
  if (options.expire !== undefined) yield `EXPIRE ${options.expire}`;
  if (implementation !== null) yield `IMPLEMENTATION ${implementation}`;
}

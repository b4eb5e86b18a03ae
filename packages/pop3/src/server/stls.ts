import type { ServerSession } from './server-session.ts';

/** STLS (RFC 2595 section 4). What was said before the handshake is forgotten; octets behind STLS end the session. */
export async function stls(session: ServerSession): Promise<void> {
  if (session.transport.tls !== undefined) return session.reply('-ERR', 'TLS is established already');
  if (session.security !== 'starttls') return session.reply('-ERR', 'STLS is not offered here');
  session.reply('+OK', 'begin the TLS handshake');
  await session.flush();
  await session.secure();
}

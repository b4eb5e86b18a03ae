import type { ServerSession } from './server-session.ts';

/** STAT (RFC 1939 section 5). */
export function stat(session: ServerSession): void {
  let messages = 0;
  let octets = 0;
  for (const [, message] of session.remaining()) {
    messages++;
    octets += message.octets;
  }
  session.reply('+OK', `${messages} ${octets}`);
}

import type { CommandOptions } from './exchange.ts';
import { request } from './request.ts';
import type { Session } from './session.ts';

/** QUIT (RFC 1939 section 6): enters the UPDATE state and ends the session. Gives the server's last words. */
export async function quit(session: Session, options?: CommandOptions): Promise<string> {
  const words = await request(session, { keyword: 'QUIT' }, ({ text }) => text, options);
  await session.ended;
  return words;
}

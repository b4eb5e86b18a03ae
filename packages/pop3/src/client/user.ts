import type { CommandOptions } from './exchange.ts';
import { request } from './request.ts';
import type { Session } from './session.ts';

/** USER (RFC 1939 section 7). Gives the server's words. */
export function user(session: Session, name: string, options?: CommandOptions): Promise<string> {
  return request(session, { keyword: 'USER', name }, ({ text }) => text, options);
}

import type { CommandOptions } from './exchange.ts';
import { request } from './request.ts';
import type { Session } from './session.ts';

/** RSET (RFC 1939 section 5): takes every deletion mark of this session back. */
export function rset(session: Session, options?: CommandOptions): Promise<void> {
  return request(session, { keyword: 'RSET' }, () => undefined, options);
}

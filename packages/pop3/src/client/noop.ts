import type { CommandOptions } from './exchange.ts';
import { request } from './request.ts';
import type { Session } from './session.ts';

/** NOOP (RFC 1939 section 5): keeps the server from closing an idle session. */
export function noop(session: Session, options?: CommandOptions): Promise<void> {
  return request(session, { keyword: 'NOOP' }, () => undefined, options);
}

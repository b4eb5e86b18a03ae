import type { CommandOptions } from './exchange.ts';
import { request } from './request.ts';
import type { Session } from './session.ts';

/** UTF8 (RFC 6856 section 2): before login; messages then come as they are, internationalized headers and all. */
export function utf8(session: Session, options?: CommandOptions): Promise<void> {
  return request(session, { keyword: 'UTF8' }, () => undefined, options);
}

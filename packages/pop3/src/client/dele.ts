import type { CommandOptions } from './exchange.ts';
import { request } from './request.ts';
import type { Session } from './session.ts';

/** DELE (RFC 1939 section 5): marks a message as deleted. It is gone when QUIT was answered with +OK, not before. */
export function dele(session: Session, messageNumber: number, options?: CommandOptions): Promise<void> {
  return request(session, { keyword: 'DELE', messageNumber }, () => undefined, options);
}

import type { CommandOf } from './handler.ts';
import { sendListing } from './listing.ts';
import type { ServerSession } from './server-session.ts';

/** LIST (RFC 1939 section 5). */
export function list(session: ServerSession, { messageNumber }: CommandOf<'LIST'>): Promise<void> {
  return sendListing(session, messageNumber, ({ octets }) => octets);
}

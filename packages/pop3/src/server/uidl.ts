import type { CommandOf } from './handler.ts';
import { sendListing } from './listing.ts';
import type { ServerSession } from './server-session.ts';

/** UIDL (RFC 1939 section 7). */
export function uidl(session: ServerSession, { messageNumber }: CommandOf<'UIDL'>): Promise<void> {
  return sendListing(session, messageNumber, ({ uniqueId }) => uniqueId);
}

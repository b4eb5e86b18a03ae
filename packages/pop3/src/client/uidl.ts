import { parseUniqueIdListing, type UniqueIdListing } from '../protocol/index.ts';
import type { CommandOptions } from './exchange.ts';
import { type Listing, type ListingOptions, requestListing } from './listing.ts';
import { answersMixedUp, malformed, request } from './request.ts';
import type { Session } from './session.ts';

/** UIDL (RFC 1939 section 7). */
export function uidl(
  session: Session,
  options?: ListingOptions<UniqueIdListing>,
): Promise<Listing<UniqueIdListing>> {
  return requestListing(
    session,
    { keyword: 'UIDL' },
    (text) => parseUniqueIdListing(text, session.quirks),
    options,
  );
}

/** UIDL with a message-number. */
export function uidlOne(
  session: Session,
  messageNumber: number,
  options?: CommandOptions,
): Promise<UniqueIdListing> {
  const command = { keyword: 'UIDL', messageNumber } as const;
  return request(
    session,
    command,
    ({ value }) => {
      const listing = parseUniqueIdListing(value, session.quirks, messageNumber);
      if (listing !== undefined) return listing;
      const other = parseUniqueIdListing(value, session.quirks);
      if (other !== undefined) throw answersMixedUp(session, command, value);
      throw malformed(session, 'unique-id-listing', command, value);
    },
    options,
  );
}

import { parseScanListing, type ScanListing } from '../protocol/index.ts';
import type { CommandOptions } from './exchange.ts';
import { type Listing, type ListingOptions, requestListing } from './listing.ts';
import { answersMixedUp, malformed, request } from './request.ts';
import type { Session } from './session.ts';

/** LIST (RFC 1939 section 5). */
export function list(session: Session, options?: ListingOptions<ScanListing>): Promise<Listing<ScanListing>> {
  return requestListing(
    session,
    { keyword: 'LIST' },
    (text) => parseScanListing(text, session.quirks),
    options,
  );
}

/** LIST with a message-number. */
export function listOne(
  session: Session,
  messageNumber: number,
  options?: CommandOptions,
): Promise<ScanListing> {
  const command = { keyword: 'LIST', messageNumber } as const;
  return request(
    session,
    command,
    ({ value }) => {
      const listing = parseScanListing(value, session.quirks);
      if (listing === undefined) throw malformed(session, 'scan-listing', command, value);
      if (listing.messageNumber !== messageNumber) throw answersMixedUp(session, command, value);
      return listing;
    },
    options,
  );
}

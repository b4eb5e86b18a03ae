import { type DropListing, parseDropListing } from '../protocol/index.ts';
import type { CommandOptions } from './exchange.ts';
import { malformed, request } from './request.ts';
import type { Session } from './session.ts';

/** STAT (RFC 1939 section 5). */
export function stat(session: Session, options?: CommandOptions): Promise<DropListing> {
  const command = { keyword: 'STAT' } as const;
  return request(
    session,
    command,
    ({ value }) => {
      const listing = parseDropListing(value, session.quirks);
      if (listing === undefined) throw malformed(session, 'drop-listing', command, value);
      return listing;
    },
    options,
  );
}

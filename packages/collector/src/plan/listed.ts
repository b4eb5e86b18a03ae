import type { ListedMessages } from './listed-messages.ts';
import { ListingJoiner } from './listing-joiner.ts';
import type { PlanInput, PlanNote } from './plan.ts';

/** A message as the listings of one session have it, put together by its number. */
export interface ListedMessage {
  /** Its place in the joined listing, from 0. */
  readonly place: number;
  readonly messageNumber: number;
  readonly octets: number | undefined;
  readonly uniqueId: string | undefined;
  /** The listings say different things about it: it is never deleted in this session. */
  readonly contradictory: boolean;
}

/** Both listings as one. */
export interface JoinedListing {
  /** In ascending order. */
  readonly messages: ListedMessages;
  readonly notes: readonly PlanNote[];
  readonly complete: boolean;
  /** The server tells unique-ids. */
  readonly named: boolean;
}

/** What the server said. */
export type ListingInput = Pick<PlanInput, 'scan' | 'uniqueIds' | 'malformedLines' | 'messages'>;

/** Joins the scan listings and the unique-id listings: what agrees is used, what does not is said. */
export function joinListings({ scan, uniqueIds, ...rest }: ListingInput): JoinedListing {
  const joiner = new ListingJoiner();
  for (const one of scan) joiner.addScan(one);
  for (const one of uniqueIds ?? []) joiner.addUniqueId(one);
  return joiner.join({ ...rest, named: uniqueIds !== undefined });
}

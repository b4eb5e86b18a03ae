export type { EntryState, LedgerEntry, MessageIdentity } from './entry.ts';
export { headerMark } from './header-mark.ts';
export { type JoinedListing, joinListings } from './listed.ts';
export { ListingJoiner } from './listing-joiner.ts';
export type {
  Deletion,
  List,
  Plan,
  PlanInput,
  PlanNote,
  PlanOptions,
  Retention,
  Retrieval,
  SetAside,
  Skip,
  SkipReason,
} from './plan.ts';
export { planListing, planSession } from './plan-session.ts';
export type {
  AdoptRecord,
  DeletionRecord,
  DeliveredRecord,
  DeliveringRecord,
  FailedRecord,
  KeyRecord,
  LedgerRecord,
  ListingRecord,
  MessageRecord,
} from './record.ts';
export { Sieve, type SieveExceptions } from './sieve.ts';

export type { EntryState, LedgerEntry, MessageIdentity } from './entry.ts';
export type {
  Deletion,
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
export { planSession } from './plan-session.ts';
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

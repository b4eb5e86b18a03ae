import type { MessageIdentity } from './entry.ts';

/**
 * One fact for the ledger. Facts that carry `message` create its entry where there is none; the others
 * need one. `at` is milliseconds since 1970.
 */
export type LedgerRecord =
  | ListingRecord
  | MessageRecord
  | DeliveringRecord
  | DeliveredRecord
  | FailedRecord
  | DeletionRecord
  | KeyRecord
  | AdoptRecord;

/** The server's listings were read. A complete one ends the account's first run. */
export interface ListingRecord {
  readonly type: 'listing';
  readonly complete: boolean;
  readonly at: number;
}

/**
 * `listed`: the message is on the server (again). `noted`: it is there and not wanted; an entry that
 * exists already keeps its state.
 */
export interface MessageRecord {
  readonly type: 'listed' | 'noted';
  readonly message: MessageIdentity;
  readonly at: number;
}

/**
 * `delivering`: it is about to be handed to a destination that cannot be asked afterwards. `undelivered`: that destination certainly did
 * not take it.
 */
export interface DeliveringRecord {
  readonly type: 'delivering' | 'undelivered';
  readonly message: MessageIdentity;
  readonly destination: string;
  readonly at: number;
}

/** A destination has it, durably. `complete` says that it was the last one that was missing. */
export interface DeliveredRecord {
  readonly type: 'delivered';
  readonly message: MessageIdentity;
  readonly destination: string;
  readonly complete: boolean;
  readonly receivedOctets?: number | undefined;
  readonly at: number;
}

/**
 * `failed`: one more run could not bring it home. `deferred`: the same, and it does not count, since the reason is temporary. `set-aside`: no
 * further run shall try.
 */
export interface FailedRecord {
  readonly type: 'failed' | 'deferred' | 'set-aside';
  readonly message: MessageIdentity;
  readonly reason: string;
  readonly at: number;
}

/**
 * `delete-requested`: DELE is about to be sent. `gone`: QUIT's +OK confirmed it. Both are refused for a
 * message that was not delivered.
 */
export interface DeletionRecord {
  readonly type: 'delete-requested' | 'gone';
  readonly key: string;
  readonly at: number;
}

/**
 * `vanished`: a complete listing does not show it. `forget`: its entry is removed. `retry`: its failures
 * are forgiven.
 */
export interface KeyRecord {
  readonly type: 'vanished' | 'forget' | 'retry';
  readonly key: string;
  readonly at: number;
}

/** The server calls the message by another unique-id now. The key stays. */
export interface AdoptRecord {
  readonly type: 'adopt';
  readonly key: string;
  readonly uniqueId: string | undefined;
  readonly octets: number | undefined;
  readonly at: number;
}

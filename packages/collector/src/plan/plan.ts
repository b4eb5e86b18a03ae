import type { LedgerEntry, MessageIdentity } from './entry.ts';
import type { LedgerRecord } from './record.ts';

/** Whether messages stay on the server: `after` counts milliseconds since the delivery. */
export type Retention =
  | { readonly type: 'keep' }
  | { readonly type: 'delete' }
  | { readonly type: 'delete-after'; readonly after: number };

/** What the user wants. */
export interface PlanOptions {
  /** Default: keep. */
  readonly retention?: Retention | undefined;
  /** On the first run, note what is there and fetch none of it. Default: false. */
  readonly newOnly?: boolean | undefined;
  /** Larger messages stay on the server and are named. Default: no maximum. */
  readonly maximumOctets?: number | undefined;
  /** The most messages to retrieve in this session. Default: no limit. */
  readonly limit?: number | undefined;
  /** In how many runs a message may fail before it is set aside. Default: 3. */
  readonly setAsideAfter?: number | undefined;
  /** How long an entry outlives its message, in milliseconds. Default and minimum: 30 days. */
  readonly forgetAfter?: number | undefined;
}

/** What one session saw and what the ledger knows. */
export interface PlanInput {
  /** The scan listings (LIST), in the server's order. */
  readonly scan: readonly { readonly messageNumber: number; readonly octets: number }[];
  /**
   * The unique-id listings (UIDL); undefined where the server does not have the command. Where UIDL
   * failed for another reason, end the session instead: the plan would ask for every header.
   */
  readonly uniqueIds: readonly { readonly messageNumber: number; readonly uniqueId: string }[] | undefined;
  /** How many lines of both listings were malformed. Default: 0. */
  readonly malformedLines?: number | undefined;
  /** How many messages STAT announced. Default: unknown. */
  readonly messages?: number | undefined;
  /** Every entry of the account. */
  readonly entries: Iterable<LedgerEntry>;
  /** No complete listing of the account was ever recorded. */
  readonly firstRun: boolean;
  /** Answers to earlier questions by message-number; undefined: the header could not be read. */
  readonly headerHashes?: ReadonlyMap<number, string | undefined> | undefined;
  readonly options?: PlanOptions | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A message to retrieve. */
export interface Retrieval extends MessageIdentity {
  readonly messageNumber: number;
  /** Destinations that have it already, from a run that did not reach all of them. */
  readonly delivered: readonly string[];
  /** Destinations that may have it: they were begun, and nothing was heard of the end. */
  readonly delivering: readonly string[];
  readonly failures: number;
  /** Delete it in this session, once its delivery is recorded. */
  readonly thenDelete: boolean;
}

/** A message that was delivered in an earlier session, to delete now without retrieving it. */
export interface Deletion {
  readonly messageNumber: number;
  readonly key: string;
  readonly octets: number | undefined;
  /**
   * The `headerMark` of the message that is home: the server may have used its unique-id again since, for one of the same size. NaN where nobody has to
   * look: the headers were compared already, or nothing is known to compare with.
   */
  readonly headerMark: number;
}

/**
 * Why a message is neither retrieved nor known: `too-large`, `octets-unknown` (there is a maximum, and
 * the server did not say how large it is), `over-limit` (a later session's turn), `unidentified` (it has
 * no usable unique-id and its header could not be read).
 */
export type SkipReason = 'too-large' | 'octets-unknown' | 'over-limit' | 'unidentified';

/** A message that stays on the server for now. */
export interface Skip {
  readonly messageNumber: number;
  readonly uniqueId: string | undefined;
  readonly octets: number | undefined;
  readonly reason: SkipReason;
}

/** A message that was given up in earlier runs. `reason` holds the server's words: data. */
export interface SetAside {
  readonly messageNumber: number;
  readonly key: string;
  readonly uniqueId: string | undefined;
  readonly octets: number | undefined;
  readonly failures: number;
  readonly reason: string;
}

/** Something that the user should be told. */
export interface PlanNote {
  readonly severity: 'note' | 'warning';
  readonly code:
    | 'listing-incomplete'
    | 'listing-empty'
    | 'repeated-number'
    | 'without-unique-id'
    | 'without-octets'
    | 'no-unique-ids'
    | 'repeated-unique-id'
    | 'unique-id-reused'
    | 'migration'
    | 'deletion-withheld';
  /** One sentence, in English, with no text of the server's in it. */
  readonly message: string;
  /** The message-numbers concerned: the first ten at most. */
  readonly messageNumbers: readonly number[];
}

/** Things of which there may be very many: they need not be in an array, and may be made as they are asked for, each time. */
export type List<T> = Iterable<T> & { readonly length: number };

/**
 * What to do in this session. Every listed message-number is in exactly one of `retrieve`, `delete`,
 * `known`, `noted`, `skipped`, `setAside` and `needHeaderHash`, each in ascending order; in `retrieve`, those that failed before come last.
 */
export interface Plan {
  /**
   * Messages that cannot be told apart from known ones without their headers. Read each with `TOP n 0`
   * (or RETR, where TOP is missing), hash it, and plan again with the answers, until this is empty:
   * only then is the rest of the plan final.
   */
  readonly needHeaderHash: readonly number[];
  /** `octets`: what the scan listings said of all of them. */
  readonly retrieve: List<Retrieval> & { readonly octets: number };
  readonly delete: List<Deletion>;
  /** At home already, and staying on the server. */
  readonly known: List<number>;
  /** There on the first run, and not wanted. */
  readonly noted: List<number>;
  readonly skipped: List<Skip>;
  readonly setAside: readonly SetAside[];
  readonly notes: readonly PlanNote[];
  /** The listings agree with each other and with STAT, and no line was malformed. */
  readonly complete: boolean;
  /**
   * To commit in one batch before the first retrieval: what was noted, adopted, has come back, vanished, may be forgotten. It can be gone through
   * more than once, and its records are made each time: there may be one for each message.
   */
  readonly bookkeeping: Iterable<LedgerRecord>;
  /** How many deletions went through that an earlier session asked for and never got an answer about: those messages are not listed any more. */
  readonly confirmed: number;
}

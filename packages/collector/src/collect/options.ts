import type { Pop3Client } from '@postrider/pop3';
import type { Destination } from '../destination/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { PlanOptions } from '../plan/index.ts';
import type { CollectListener } from './event.ts';

/** One account to collect. */
export interface CollectOptions extends PlanOptions {
  /** Names the account in the ledger, for ever: `user@host`, say. */
  readonly account: string;
  /** Connects and logs in. It is called once a session; the client's session is ended by the collector. */
  readonly login: (signal: AbortSignal) => Promise<Pop3Client>;
  readonly ledger: Ledger;
  /** Every message goes to each of them. */
  readonly destinations: readonly Destination[];
  /**
   * What becomes of a message that a destination may have got before a crash, and that it cannot be asked about: deliver it (perhaps
   * again), or hold it back as failed. Deliver by default: better twice than never.
   */
  readonly onDoubt?: 'deliver' | 'hold' | undefined;
  /** Plans, and does nothing. */
  readonly dryRun?: boolean | undefined;
  /** How often a session that broke for a transient reason is tried again; 2 by default. */
  readonly retries?: number | undefined;
  /** Milliseconds before the first retry, doubled for each further one; 2000 by default. */
  readonly retryDelay?: number | undefined;
  /**
   * Whether further sessions follow as long as they bring something new, for servers that list only a part of the maildrop. By default
   * for Gmail only.
   */
  readonly untilNothingNew?: boolean | undefined;
  /** Ends the collection in good order: what was delivered is recorded, the rest stays on the server. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: CollectListener | undefined;
  /** Milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/** What one collection did. */
export interface CollectResult {
  /** `partial`: done, but some messages failed or could not be identified, or the server refused to delete some. */
  readonly result: 'done' | 'partial' | 'failed' | 'interrupted';
  /** Messages that came home now. */
  readonly retrieved: number;
  /** Their octets, as they were received. */
  readonly octets: number;
  /** Messages that were home already. */
  readonly known: number;
  /** Messages that some destination lacks that could not be delivered to, and that all others have. */
  readonly incomplete: number;
  /** Messages whose deletion the server confirmed. */
  readonly deleted: number;
  /** Messages that the server refused to delete. The next run asks again. */
  readonly undeleted: number;
  readonly failed: readonly FailedMessage[];
  /** Messages that stay on the server. Events name each, with the reason. */
  readonly skipped: number;
  /** What ended the collection before its time. */
  readonly error?: unknown;
}

/** A message that could not be brought home in this run. */
export interface FailedMessage {
  readonly messageNumber: number;
  readonly uniqueId: string | undefined;
  readonly octets: number | undefined;
  /** Partly the server's words: escape them where they are shown. */
  readonly reason: string;
  /** It failed too often, and will not be tried again on its own account. */
  readonly setAside: boolean;
}

/** A message that was passed over. */
export interface SkippedMessage {
  readonly messageNumber: number;
  readonly uniqueId: string | undefined;
  readonly octets: number | undefined;
  readonly reason: 'too-large' | 'octets-unknown' | 'over-limit' | 'unidentified' | 'noted';
}

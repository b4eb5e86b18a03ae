import type { LedgerEntry, LedgerRecord } from '../plan/index.ts';

/** How one run of one account went. Times are milliseconds since 1970. */
export interface LedgerRun {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly result: 'done' | 'partial' | 'failed' | 'interrupted';
  readonly retrieved: number;
  readonly octets: number;
  readonly deleted: number;
  readonly failed: number;
  /** What went wrong, in one sentence. */
  readonly message?: string | undefined;
}

/** Who has an account open. */
export interface LedgerHolder {
  readonly pid: number;
  readonly host: string;
  readonly since: number;
}

/** What the ledger knows of an account as a whole. */
export interface LedgerAccountSummary {
  readonly account: string;
  readonly entries: number;
  /** When a complete listing was last recorded. */
  readonly listedAt: number | undefined;
}

/**
 * What was seen, delivered and deleted, of all accounts. It is what makes a message come home once:
 * a store that loses a committed record delivers twice, one that invents a record loses mail.
 *
 * Other stores can implement it. `applyRecord` gives what each record does to an entry, and the
 * contract tests of this package show what the collector relies on.
 */
export interface Ledger extends AsyncDisposable {
  /**
   * Opens an account for one collector at a time, creating it where it is new.
   *
   * @throws LedgerError `ERR_COLLECT_LEDGER_LOCKED` where another collector has it open. The lock of a
   * process that has died must not count.
   */
  openAccount(account: string): Promise<AccountLedger>;
  /** Every account, by name. Needs no lock. */
  accounts(): Promise<readonly LedgerAccountSummary[]>;
  /** The entries of an account, in no particular order, without opening it. None where there is no such account. */
  entries(account: string): AsyncIterable<LedgerEntry>;
  /** The last runs of an account, newest first. At least 20 are kept. */
  runs(account: string): Promise<readonly LedgerRun[]>;
  /** Closes every account and the store. Further calls do nothing. */
  close(): Promise<void>;
}

/** One account, opened. */
export interface AccountLedger extends AsyncDisposable {
  readonly account: string;
  /** No complete listing was ever recorded. */
  readonly firstRun: boolean;
  /** Every entry, in no particular order, as of the last commit. Do not commit to the account while reading. */
  entries(): AsyncIterable<LedgerEntry>;
  /**
   * Records facts: all of them or none, in their order, durable against loss of power once this
   * resolves. Meant for many messages at a time: a commit costs about as much for one as for a hundred. There may be a hundred thousand
   * records, made as they are asked for, so go through them once and hold few.
   *
   * @throws LedgerError with nothing recorded.
   */
  commit(records: Iterable<LedgerRecord>): Promise<void>;
  /** Notes how a run went. Nothing depends on it. */
  recordRun(run: LedgerRun): Promise<void>;
  /** Lets others open the account. Further calls do nothing. */
  close(): Promise<void>;
}

/**
 * What became of a message.
 *
 * - `listed`: it is wanted and not yet at every destination (never tried, failed, or part of the way).
 * - `noted`: it was there on a first run that fetches new messages only. Never fetched, never deleted.
 * - `delivered`: every destination has it.
 * - `set-aside`: it was given up, for the reason in `reason`. Never deleted.
 * - `gone`: it was delivered, and the server confirmed its deletion.
 */
export type EntryState = 'listed' | 'noted' | 'delivered' | 'set-aside' | 'gone';

/** What identifies a message, beyond its message-number of one session. */
export interface MessageIdentity {
  /**
   * Names the entry within its account, for ever: it stays when the server changes the unique-id. Made by
   * the plan from what the server said, so data only: hash it before it becomes part of a file name.
   */
  readonly key: string;
  /** One character an octet; undefined where the server has none for it. */
  readonly uniqueId: string | undefined;
  /** What the scan listing said; undefined where it said nothing usable. */
  readonly octets: number | undefined;
  /** See `HeaderHash` of the ledger; undefined as long as nobody had to know. */
  readonly headerHash?: string | undefined;
}

/** What the ledger knows of one message. Times are milliseconds since 1970. */
export interface LedgerEntry extends MessageIdentity {
  readonly state: EntryState;
  readonly headerHash: string | undefined;
  /** How many octets came when it was retrieved: servers announce other sizes than they send. */
  readonly receivedOctets: number | undefined;
  /** The destinations that have it. */
  readonly delivered: readonly string[];
  /** The destinations that were begun and not confirmed: they may or may not have it. */
  readonly delivering: readonly string[];
  /** In how many runs it failed since it last went well. */
  readonly failures: number;
  /** Why it failed last, or was set aside. Partly the server's words: data, to be escaped where shown. */
  readonly reason: string | undefined;
  /** When it failed last, since it last went well. */
  readonly failedAt: number | undefined;
  readonly firstSeenAt: number;
  readonly deliveredAt: number | undefined;
  /** When its deletion was last asked for. Only QUIT's answer makes it `gone`. */
  readonly deleteRequestedAt: number | undefined;
  /** Since when complete listings do not show it any more. */
  readonly vanishedAt: number | undefined;
}

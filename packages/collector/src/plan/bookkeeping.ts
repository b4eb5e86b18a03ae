import type { LedgerEntry, MessageIdentity } from './entry.ts';
import type { IdentifiedMessage } from './identified.ts';
import type { PlanInput } from './plan.ts';
import type { LedgerRecord } from './record.ts';

const leastForgetAfter = 30 * 86_400_000;

/** What bookkeeping depends on, beyond the messages. */
export type BookSettings = Pick<PlanInput, 'firstRun' | 'options' | 'now'>;

/** What the ledger is to be told before anything is retrieved. Records are made as they are asked for: there may be one for each message. */
export class Bookkeeping implements Iterable<LedgerRecord> {
  readonly #identified: Iterable<IdentifiedMessage>;
  readonly #missing: readonly LedgerEntry[];
  readonly #settings: BookSettings;

  /** @param missing - the entries whose messages are certainly not listed. */
  constructor(
    identified: Iterable<IdentifiedMessage>,
    missing: readonly LedgerEntry[],
    settings: BookSettings,
  ) {
    this.#identified = identified;
    this.#missing = missing;
    this.#settings = settings;
  }

  /** How many deletions are confirmed by that. */
  get confirmed(): number {
    return this.#missing.filter(isConfirmed).length;
  }

  *[Symbol.iterator](): Generator<LedgerRecord, void, undefined> {
    for (const message of this.#identified) yield* this.#ofListed(message);
    for (const entry of this.#missing) yield* this.#ofMissing(entry);
  }

  *#ofListed(message: IdentifiedMessage): Generator<LedgerRecord, void, undefined> {
    const { entry, key, uniqueId, octets, adopted } = message;
    const { now: at } = this.#settings;
    if (isUnwanted(message, this.#settings)) yield { type: 'noted', message: identityOf(message), at };
    if (entry === undefined) return;
    if (adopted) yield { type: 'adopt', key, uniqueId, octets, at };
    const resized = octets !== undefined && entry.octets !== octets;
    if (entry.vanishedAt !== undefined || entry.state === 'gone' || resized)
      yield { type: 'listed', message: identityOf(message), at };
  }

  // An entry outlives its message for a while.
  *#ofMissing(entry: LedgerEntry): Generator<LedgerRecord, void, undefined> {
    const { now: at, options = {} } = this.#settings;
    const { key } = entry;
    const since = missingSince(entry);
    const age = Math.max(leastForgetAfter, options.forgetAfter ?? leastForgetAfter);
    if (since === undefined) yield { type: 'vanished', key, at };
    else if (since + age <= at) yield { type: 'forget', key, at };
    if (isConfirmed(entry)) yield { type: 'gone', key, at };
  }
}

/** Whether a message is new on a first run that fetches none. */
export function isUnwanted({ entry }: IdentifiedMessage, { firstRun, options }: BookSettings): boolean {
  return entry === undefined && firstRun && options?.newOnly === true;
}

/** What identifies a message in the ledger. */
export function identityOf({ key, uniqueId, octets, headerHash }: IdentifiedMessage): MessageIdentity & {
  readonly headerHash: string | undefined;
} {
  return { key, uniqueId, octets, headerHash };
}

// An earlier session asked for its deletion, and never heard what became of it.
function isConfirmed(entry: LedgerEntry): boolean {
  const { state, deleteRequestedAt } = entry;
  return missingSince(entry) === undefined && state === 'delivered' && deleteRequestedAt !== undefined;
}

function missingSince({ state, vanishedAt, deleteRequestedAt }: LedgerEntry): number | undefined {
  return vanishedAt ?? (state === 'gone' ? deleteRequestedAt : undefined);
}

import type { LedgerEntry } from './entry.ts';
import { type IdentifiedMessage, identify } from './identify.ts';
import { type JoinedListing, joinListings } from './listed.ts';
import type { Deletion, Plan, PlanInput, PlanNote, Retrieval, SetAside, Skip } from './plan.ts';
import type { LedgerRecord } from './record.ts';
import { isDue } from './retention.ts';
import { Sieve } from './sieve.ts';

const leastForgetAfter = 30 * 86_400_000;

/** What {@link planListing} needs beyond the listing and the ledger. */
export type PlanSettings = Pick<PlanInput, 'firstRun' | 'headerHashes' | 'options' | 'now'>;

/**
 * Decides what one session does. Pure: the same input gives the same plan.
 *
 * Where `needHeaderHash` is not empty, read those headers and plan again with the answers; only then is the rest final.
 */
export function planSession(input: PlanInput): Plan {
  const listing = joinListings(input);
  const entries = [...input.entries];
  const sift = (except?: Iterable<string>): Sieve => {
    const sieve = new Sieve(listing.messages, input, except);
    for (const entry of entries) sieve.add(entry);
    return sieve;
  };
  const sieve = sift();
  return planListing(listing, sieve.ambiguous.size === 0 ? sieve : sift(sieve.ambiguous), input);
}

/** The same, where the listings were joined and every entry went through the sieve already. */
export function planListing(joined: JoinedListing, sieve: Sieve, input: PlanSettings): Plan {
  const { entries } = sieve;
  const open = joined.messages.filter((message) => !sieve.has(message));
  const { identified, undecided, unidentified, notes } = identify(open, sieve, input);
  // Where UIDL is refused that worked before, nobody can say what is gone.
  const namesMissing =
    !joined.named && entries.some(({ uniqueId, state }) => uniqueId !== undefined && state !== 'gone');
  const complete = joined.complete && !namesMissing;
  const builder = new PlanBuilder(input, sieve);
  for (const message of unidentified) builder.skip(message, 'unidentified');
  for (const message of identified) builder.place(message);
  const vanished =
    complete && joined.messages.length > 0 && undecided.length + unidentified.length === 0
      ? planForgetting(entries, identified, input)
      : { records: [], forget: [], confirmed: 0 };
  const empty = joined.messages.length === 0 && entries.some(({ state }) => state !== 'gone');
  return {
    ...builder.finish(),
    needHeaderHash: undecided,
    notes: [
      ...joined.notes,
      ...(namesMissing ? [namesMissingNote] : []),
      ...notes,
      ...builder.notes,
      ...(empty ? [emptyNote] : []),
    ],
    complete,
    bookkeeping: [...builder.records, ...vanished.records],
    forget: vanished.forget,
    confirmed: vanished.confirmed,
  };
}

const emptyNote: PlanNote = {
  severity: 'note',
  code: 'listing-empty',
  message: 'The maildrop is empty. What is known of its messages is kept.',
  messageNumbers: [],
};

const namesMissingNote: PlanNote = {
  severity: 'warning',
  code: 'no-unique-ids',
  message: 'The server does not tell unique-ids any more: known messages are recognised by their headers.',
  messageNumbers: [],
};

class PlanBuilder {
  readonly records: LedgerRecord[] = [];
  readonly notes: PlanNote[] = [];
  readonly #input: PlanSettings;
  readonly #wanted: IdentifiedMessage[] = [];
  readonly #delete: Deletion[] = [];
  readonly #known: number[];
  readonly #noted: number[];
  readonly #skipped: Skip[] = [];
  readonly #setAside: SetAside[] = [];
  readonly #withheld: number[] = [];

  constructor(input: PlanSettings, { known, noted }: Sieve) {
    this.#input = input;
    this.#known = [...known];
    this.#noted = [...noted];
  }

  place(message: IdentifiedMessage): void {
    const { entry, messageNumber } = message;
    this.#keepBooks(message);
    switch (entry?.state) {
      case 'noted':
        this.#noted.push(messageNumber);
        break;
      case 'set-aside':
        this.#setAside.push({
          ...identityOf(message),
          messageNumber,
          failures: entry.failures,
          reason: entry.reason ?? '',
        });
        break;
      case 'delivered':
      case 'gone':
        this.#delivered(message, entry);
        break;
      default:
        this.#want(message);
    }
  }

  skip({ messageNumber, uniqueId, octets }: Omit<Skip, 'reason'>, reason: Skip['reason']): void {
    this.#skipped.push({ messageNumber, uniqueId, octets, reason });
  }

  finish(): Pick<Plan, 'retrieve' | 'delete' | 'known' | 'noted' | 'skipped' | 'setAside'> {
    const retrieve = this.#select();
    if (this.#withheld.length > 0) {
      this.notes.push({
        severity: 'warning',
        code: 'deletion-withheld',
        message: 'Messages that the server lists in contradictory ways are not deleted.',
        messageNumbers: this.#withheld.slice(0, 10),
      });
    }
    const byNumber = (a: Skip, b: Skip): number => a.messageNumber - b.messageNumber;
    return {
      retrieve,
      delete: this.#delete,
      known: this.#known.sort((a, b) => a - b),
      noted: this.#noted.sort((a, b) => a - b),
      skipped: this.#skipped.sort(byNumber),
      setAside: this.#setAside,
    };
  }

  #keepBooks(message: IdentifiedMessage): void {
    const { entry, key, uniqueId, octets, adopted } = message;
    const { now: at } = this.#input;
    if (entry === undefined) return;
    if (adopted) this.records.push({ type: 'adopt', key, uniqueId, octets, at });
    const resized = octets !== undefined && entry.octets !== octets;
    if (entry.vanishedAt !== undefined || entry.state === 'gone' || resized) {
      this.records.push({ type: 'listed', message: identityOf(message), at });
    }
  }

  #want(message: IdentifiedMessage): void {
    const { options = {}, firstRun, now } = this.#input;
    const { entry, messageNumber, octets } = message;
    if (entry === undefined && firstRun && options.newOnly === true) {
      this.#noted.push(messageNumber);
      this.records.push({ type: 'noted', message: identityOf(message), at: now });
    } else if (options.maximumOctets !== undefined && octets === undefined) {
      this.skip(message, 'octets-unknown');
    } else if (options.maximumOctets !== undefined && (octets ?? 0) > options.maximumOctets) {
      this.skip(message, 'too-large');
    } else {
      this.#wanted.push(message);
    }
  }

  // One that failed before comes last, so that it keeps none of the others waiting: it may be what ends the session.
  #select(): Retrieval[] {
    const failures = ({ entry }: IdentifiedMessage): number => entry?.failures ?? 0;
    const inTurn = this.#wanted.sort(
      (a, b) => failures(a) - failures(b) || a.messageNumber - b.messageNumber,
    );
    const limit = this.#input.options?.limit ?? inTurn.length;
    for (const message of inTurn.slice(limit)) this.skip(message, 'over-limit');
    return inTurn.slice(0, limit).map((message) => ({
      ...identityOf(message),
      messageNumber: message.messageNumber,
      delivered: message.entry?.delivered ?? [],
      delivering: message.entry?.delivering ?? [],
      failures: failures(message),
      thenDelete: this.#deletesAtOnce() && this.#mayDelete(message),
    }));
  }

  #delivered(message: IdentifiedMessage, entry: LedgerEntry): void {
    const { messageNumber, key, octets } = message;
    if (isDue(entry, this.#input) && this.#mayDelete(message))
      this.#delete.push({ messageNumber, key, octets });
    else this.#known.push(messageNumber);
  }

  #deletesAtOnce(): boolean {
    const retention = this.#input.options?.retention;
    return retention?.type === 'delete' || (retention?.type === 'delete-after' && retention.after <= 0);
  }

  #mayDelete({ contradictory, messageNumber }: IdentifiedMessage): boolean {
    if (contradictory) this.#withheld.push(messageNumber);
    return !contradictory;
  }
}

// Only a complete listing can tell that a message is gone, and even then its entry stays for a while.
function planForgetting(
  entries: readonly LedgerEntry[],
  identified: readonly IdentifiedMessage[],
  { now, options = {} }: PlanSettings,
): { records: LedgerRecord[]; forget: string[]; confirmed: number } {
  const listed = new Set<LedgerEntry>();
  for (const { entry } of identified) if (entry !== undefined) listed.add(entry);
  const age = Math.max(leastForgetAfter, options.forgetAfter ?? leastForgetAfter);
  const records: LedgerRecord[] = [];
  const forget: string[] = [];
  let confirmed = 0;
  for (const entry of entries) {
    if (listed.has(entry)) continue;
    const { key, state, vanishedAt, deleteRequestedAt } = entry;
    const since = vanishedAt ?? (state === 'gone' ? deleteRequestedAt : undefined);
    if (since === undefined) records.push({ type: 'vanished', key, at: now });
    if (since === undefined && state === 'delivered' && deleteRequestedAt !== undefined) {
      confirmed++;
      records.push({ type: 'gone', key, at: now });
    }
    if (since !== undefined && since + age <= now) {
      forget.push(key);
      records.push({ type: 'forget', key, at: now });
    }
  }
  return { records, forget, confirmed };
}

function identityOf({ key, uniqueId, octets, headerHash }: IdentifiedMessage): {
  key: string;
  uniqueId: string | undefined;
  octets: number | undefined;
  headerHash: string | undefined;
} {
  return { key, uniqueId, octets, headerHash };
}

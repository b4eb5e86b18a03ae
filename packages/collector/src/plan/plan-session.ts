import { Bookkeeping, identityOf, isUnwanted } from './bookkeeping.ts';
import { Deletions } from './deletions.ts';
import type { LedgerEntry } from './entry.ts';
import { headerMark } from './header-mark.ts';
import type { Identified, IdentifiedMessage } from './identified.ts';
import { identify } from './identify.ts';
import { type JoinedListing, joinListings, type ListedMessage } from './listed.ts';
import type { ListedMessages } from './listed-messages.ts';
import { Missing } from './missing.ts';
import { Numbers } from './numbers.ts';
import type { Plan, PlanInput, PlanNote, SetAside, SkipReason } from './plan.ts';
import { isDue } from './retention.ts';
import { Retrievals } from './retrievals.ts';
import { Sieve, type SieveExceptions } from './sieve.ts';
import { Skips } from './skips.ts';

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
  const sift = (except?: SieveExceptions): Sieve => {
    const sieve = new Sieve(listing.messages, input, except);
    for (const entry of entries) sieve.add(entry);
    return sieve;
  };
  const sieve = sift();
  const { exceptions } = sieve;
  return planListing(listing, exceptions === undefined ? sieve : sift(exceptions), input);
}

/** The same, where the listings were joined and every entry went through the sieve already. */
export function planListing(joined: JoinedListing, sieve: Sieve, input: PlanSettings): Plan {
  const { entries } = sieve;
  const { messages } = joined;
  const { identified, undecided, unidentified, notes } = identify(messages, sieve, input);
  // Where UIDL is refused that worked before, nobody can say what is gone.
  const namesMissing =
    !joined.named &&
    (sieve.absent > 0 || entries.some(({ uniqueId, state }) => uniqueId !== undefined && state !== 'gone'));
  const complete = joined.complete && !namesMissing;
  const builder = new PlanBuilder(input, messages, sieve, identified);
  for (const message of unidentified) builder.skip(message, 'unidentified');
  for (const message of identified) builder.place(message);
  // Only a complete listing can tell that a message is gone.
  const tellsMissing = complete && messages.length > 0 && undecided.length + unidentified.length === 0;
  const missing = tellsMissing ? missingOf(sieve, identified, input) : new Missing(input);
  const bookkeeping = new Bookkeeping(identified, missing, input);
  const empty = messages.length === 0 && (sieve.absent > 0 || entries.some(({ state }) => state !== 'gone'));
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
    bookkeeping,
    confirmed: missing.confirmed,
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
  readonly notes: PlanNote[] = [];
  readonly #input: PlanSettings;
  readonly #retrieve: Retrievals;
  // In the order of their numbers.
  readonly #failedBefore: IdentifiedMessage[] = [];
  readonly #delete: Deletions;
  readonly #known = new Numbers();
  readonly #noted = new Numbers();
  readonly #sieve: Sieve;
  readonly #skipped: Skips;
  readonly #setAside: SetAside[] = [];
  readonly #withheld: number[] = [];

  constructor(input: PlanSettings, messages: ListedMessages, sieve: Sieve, identified: Identified) {
    this.#sieve = sieve;
    this.#skipped = new Skips(messages);
    this.#delete = new Deletions(messages, sieve.due, (place) => sieve.markAt(place));
    this.#input = input;
    this.#retrieve = new Retrievals(identified, this.#deletesAtOnce());
  }

  place(message: IdentifiedMessage): void {
    const { entry, messageNumber } = message;
    switch (entry?.state) {
      case 'noted':
        this.#noted.add(messageNumber);
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

  skip({ place }: ListedMessage, reason: SkipReason): void {
    this.#skipped.add(place, reason);
  }

  finish(): Pick<Plan, 'retrieve' | 'delete' | 'known' | 'noted' | 'skipped' | 'setAside'> {
    this.#retrieveFailed();
    if (this.#withheld.length > 0) {
      this.notes.push({
        severity: 'warning',
        code: 'deletion-withheld',
        message: 'Messages that the server lists in contradictory ways are not deleted.',
        messageNumbers: this.#withheld.slice(0, 10),
      });
    }
    return {
      retrieve: this.#retrieve,
      delete: this.#delete,
      known: this.#known.sortedWith(this.#sieve.known),
      noted: this.#noted.sortedWith(this.#sieve.noted),
      skipped: this.#skipped,
      setAside: this.#setAside,
    };
  }

  #want(message: IdentifiedMessage): void {
    const { maximumOctets } = this.#input.options ?? {};
    const { entry, messageNumber, octets } = message;
    if (isUnwanted(message, this.#input)) this.#noted.add(messageNumber);
    else if (maximumOctets !== undefined && octets === undefined) this.skip(message, 'octets-unknown');
    else if (maximumOctets !== undefined && (octets ?? 0) > maximumOctets) this.skip(message, 'too-large');
    else if (entry !== undefined && entry.failures > 0) this.#failedBefore.push(message);
    else this.#retrieveWithinLimit(message);
  }

  // One that failed before comes last, so that it keeps none of the others waiting: it may be what ends the session.
  #retrieveFailed(): void {
    const failures = ({ entry }: IdentifiedMessage): number => entry?.failures ?? 0;
    this.#failedBefore.sort((a, b) => failures(a) - failures(b));
    for (const message of this.#failedBefore) this.#retrieveWithinLimit(message);
  }

  #retrieveWithinLimit(message: IdentifiedMessage): void {
    const limit = this.#input.options?.limit ?? Number.POSITIVE_INFINITY;
    if (this.#retrieve.length >= limit) {
      this.skip(message, 'over-limit');
      return;
    }
    this.#retrieve.add(message);
    if (this.#deletesAtOnce()) this.#mayDelete(message);
  }

  #delivered(message: IdentifiedMessage, entry: LedgerEntry): void {
    const { key, messageNumber } = message;
    const compared = this.#input.headerHashes?.has(messageNumber) === true;
    if (isDue(entry, this.#input) && this.#mayDelete(message))
      this.#delete.add(message, { key, headerMark: headerMark(compared ? undefined : entry.headerHash) });
    else this.#known.add(messageNumber);
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

// Those that the sieve let go of, and those that were looked at and not found.
function missingOf(sieve: Sieve, identified: Iterable<IdentifiedMessage>, input: PlanSettings): Missing {
  if (sieve.entries.length === 0) return sieve.missing;
  const listed = new Set<LedgerEntry>();
  for (const { entry } of identified) if (entry !== undefined) listed.add(entry);
  const missing = new Missing(input, sieve.missing);
  for (const entry of sieve.entries) if (!listed.has(entry)) missing.add(entry);
  return missing;
}

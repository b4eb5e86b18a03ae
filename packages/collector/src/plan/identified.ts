import type { LedgerEntry } from './entry.ts';
import type { ListedMessage } from './listed.ts';
import type { ListedMessages } from './listed-messages.ts';

/** A listed message, and who it is. */
export interface IdentifiedMessage extends ListedMessage {
  /** What the ledger knows of it; undefined: it is new. */
  readonly entry: LedgerEntry | undefined;
  readonly key: string;
  readonly headerHash: string | undefined;
  /** The entry was found under another unique-id, which it had before a migration, or without one. */
  readonly adopted: boolean;
}

/** Those that had to be looked at, and those that are new, in the order of their numbers. The latter are made as they are asked for. */
export class Identified implements Iterable<IdentifiedMessage> {
  readonly #messages: ListedMessages;
  readonly #others: readonly IdentifiedMessage[];
  readonly #fresh: Iterable<number>;
  readonly #hashes: ReadonlyMap<number, string | undefined>;

  constructor(
    messages: ListedMessages,
    others: readonly IdentifiedMessage[],
    fresh: Iterable<number>,
    hashes: ReadonlyMap<number, string | undefined>,
  ) {
    this.#messages = messages;
    this.#others = others.toSorted((a, b) => a.messageNumber - b.messageNumber);
    this.#fresh = fresh;
    this.#hashes = hashes;
  }

  /**
   * The one at a place in the listing.
   *
   * @param place - of a message that is among them.
   */
  at(place: number): IdentifiedMessage {
    const others = this.#others;
    let low = 0;
    for (let high = others.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((others[middle]?.place ?? place) < place) low = middle + 1;
      else high = middle;
    }
    const other = others[low];
    return other?.place === place ? other : this.#make(place);
  }

  *[Symbol.iterator](): Generator<IdentifiedMessage, void, undefined> {
    const others = this.#others[Symbol.iterator]();
    let other = others.next();
    for (const place of this.#fresh) {
      const messageNumber = this.#messages.numberAt(place);
      for (; other.done !== true && other.value.messageNumber < messageNumber; other = others.next())
        yield other.value;
      yield this.#make(place);
    }
    for (; other.done !== true; other = others.next()) yield other.value;
  }

  #make(place: number): FreshMessage {
    return new FreshMessage(this.#messages, place, this.#hashes.get(this.#messages.numberAt(place)));
  }
}

// Most are only counted: a unique-id is made where it is asked for.
class FreshMessage implements IdentifiedMessage {
  readonly place: number;
  readonly headerHash: string | undefined;
  readonly entry = undefined;
  readonly adopted = false;
  readonly #messages: ListedMessages;

  constructor(messages: ListedMessages, place: number, headerHash: string | undefined) {
    this.#messages = messages;
    this.place = place;
    this.headerHash = headerHash;
  }

  get messageNumber(): number {
    return this.#messages.numberAt(this.place);
  }

  get octets(): number | undefined {
    return this.#messages.octetsAt(this.place);
  }

  get uniqueId(): string | undefined {
    return this.#messages.uniqueIdAt(this.place);
  }

  get contradictory(): boolean {
    return this.#messages.isContradictory(this.place);
  }

  get key(): string {
    return usualKey(this);
  }
}

/** The key of a message that is known by its unique-id alone. */
export function usualKey({ uniqueId = '' }: Pick<ListedMessage, 'uniqueId'>): string {
  return `u:${uniqueId}`;
}

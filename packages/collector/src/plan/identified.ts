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

  *[Symbol.iterator](): Generator<IdentifiedMessage, void, undefined> {
    const others = this.#others[Symbol.iterator]();
    let other = others.next();
    for (const place of this.#fresh) {
      const message = this.#messages.at(place);
      const { messageNumber } = message;
      for (; other.done !== true && other.value.messageNumber < messageNumber; other = others.next())
        yield other.value;
      const headerHash = this.#hashes.get(messageNumber);
      yield { ...message, entry: undefined, key: usualKey(message), headerHash, adopted: false };
    }
    for (; other.done !== true; other = others.next()) yield other.value;
  }
}

/** The key of a message that is known by its unique-id alone. */
export function usualKey({ uniqueId = '' }: ListedMessage): string {
  return `u:${uniqueId}`;
}

import type { ListedMessage } from './listed.ts';
import type { Numbers } from './numbers.ts';
import type { UniqueIds } from './unique-ids.ts';

/** The values of {@link ListedMessages}, each of the same length. */
export interface ListedColumns {
  /** In ascending order. */
  readonly messageNumbers: Numbers;
  /** NaN: the scan listing said nothing usable. */
  readonly octets: Numbers;
  readonly uniqueIds: UniqueIds;
  /** Numbers of messages about which the listings say different things. */
  readonly contradictory: ReadonlySet<number>;
}

/**
 * The messages of one session by their place in the listing. They are kept in columns, and made when they are asked for: there may be a hundred
 * thousand, and an object each takes several times as much.
 */
export class ListedMessages implements Iterable<ListedMessage> {
  readonly #columns: ListedColumns;

  constructor(columns: ListedColumns) {
    this.#columns = columns;
  }

  /** How many there are. */
  get length(): number {
    return this.#columns.messageNumbers.length;
  }

  /** Its message-number, without the rest. */
  numberAt(place: number): number {
    return this.#columns.messageNumbers.at(place);
  }

  /** Its octets, without the rest. */
  octetsAt(place: number): number | undefined {
    const octets = this.#columns.octets.at(place);
    return Number.isNaN(octets) ? undefined : octets;
  }

  /** Its unique-id, without the rest. */
  uniqueIdAt(place: number): string | undefined {
    return this.#columns.uniqueIds.at(place);
  }

  /** Whether the listings say different things about it. */
  isContradictory(place: number): boolean {
    return this.#columns.contradictory.has(this.numberAt(place));
  }

  /**
   * The message at a place in the listing.
   *
   * @param place - below `length`.
   */
  at(place: number): ListedMessage {
    return {
      place,
      messageNumber: this.numberAt(place),
      octets: this.octetsAt(place),
      uniqueId: this.uniqueIdAt(place),
      contradictory: this.isContradictory(place),
    };
  }

  /** The place of the one message that has this unique-id; undefined where none has it, or several have. */
  placeOf(uniqueId: string): number | undefined {
    return this.#columns.uniqueIds.placeOf(uniqueId);
  }

  /** Whether every message has a unique-id that no other message has. */
  get areNamed(): boolean {
    return this.#columns.uniqueIds.areUnique;
  }

  /** Whether it has a unique-id that no other message has. */
  isNamed(place: number): boolean {
    const { uniqueIds } = this.#columns;
    return uniqueIds.has(place) && !uniqueIds.isRepeated(place);
  }

  /** All of them, in the order of their numbers. */
  *[Symbol.iterator](): Generator<ListedMessage, void, undefined> {
    for (let place = 0; place < this.length; place++) yield this.at(place);
  }
}

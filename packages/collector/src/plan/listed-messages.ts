import type { ListedMessage } from './listed.ts';

/** The values of {@link ListedMessages}, each of the same length. */
export interface ListedColumns {
  /** In ascending order. */
  readonly messageNumbers: readonly number[];
  readonly octets: readonly (number | undefined)[];
  readonly uniqueIds: readonly (string | undefined)[];
  /** Numbers of messages about which the listings say different things. */
  readonly contradictory: ReadonlySet<number>;
}

/**
 * The messages of one session by their place in the listing. They are kept in columns, and made when they are asked for: there may be a hundred
 * thousand, and an object each takes several times as much.
 */
export class ListedMessages implements Iterable<ListedMessage> {
  readonly #columns: ListedColumns;
  // Made when it is asked for. A negative place: several messages have this unique-id.
  #placesOrNot: Map<string, number> | undefined;

  constructor(columns: ListedColumns) {
    this.#columns = columns;
  }

  /** How many there are. */
  get length(): number {
    return this.#columns.messageNumbers.length;
  }

  /**
   * The message at a place in the listing.
   *
   * @param place - below `length`.
   */
  at(place: number): ListedMessage {
    const { messageNumbers, octets, uniqueIds, contradictory } = this.#columns;
    const messageNumber = messageNumbers[place] ?? 0;
    return {
      messageNumber,
      octets: octets[place],
      uniqueId: uniqueIds[place],
      contradictory: contradictory.has(messageNumber),
    };
  }

  /** The place of the one message that has this unique-id; undefined where none has it, or several have. */
  placeOf(uniqueId: string): number | undefined {
    const place = this.#places.get(uniqueId);
    return place === undefined || place < 0 ? undefined : place;
  }

  /** All of them, in the order of their numbers. */
  *[Symbol.iterator](): Generator<ListedMessage, void, undefined> {
    for (let place = 0; place < this.length; place++) yield this.at(place);
  }

  get #places(): Map<string, number> {
    if (this.#placesOrNot !== undefined) return this.#placesOrNot;
    const places = new Map<string, number>();
    for (const [place, uniqueId] of this.#columns.uniqueIds.entries()) {
      if (uniqueId !== undefined) places.set(uniqueId, places.has(uniqueId) ? -1 : place);
    }
    this.#placesOrNot = places;
    return places;
  }
}

import { usualKey } from './identified.ts';
import type { ListedMessage } from './listed.ts';
import type { ListedMessages } from './listed-messages.ts';
import { Numbers } from './numbers.ts';
import type { Deletion } from './plan.ts';

/** The messages that are at home and due to be deleted, in the order of their numbers. Each is made as it is asked for: it may be all that there are. */
export class Deletions implements Iterable<Deletion> {
  readonly #messages: ListedMessages;
  readonly #due: Numbers;
  readonly #markAt: (place: number) => number;
  // By place: those that had to be looked at, which may have other keys.
  readonly #others = new Map<number, Pick<Deletion, 'key' | 'headerMark'>>();

  /**
   * @param due - the places of messages that have their usual keys.
   * @param markAt - gives their header marks.
   */
  constructor(messages: ListedMessages, due: Numbers, markAt: (place: number) => number) {
    this.#messages = messages;
    this.#due = due;
    this.#markAt = markAt;
  }

  get length(): number {
    return this.#due.length + this.#others.size;
  }

  /** One that is not among those that are due anyway. */
  add({ place }: ListedMessage, other: Pick<Deletion, 'key' | 'headerMark'>): void {
    this.#others.set(place, other);
  }

  *[Symbol.iterator](): Generator<Deletion, void, undefined> {
    const others = new Numbers();
    for (const place of this.#others.keys()) others.add(place);
    for (const place of this.#due.sortedWith(others)) {
      const { messageNumber, octets, uniqueId } = this.#messages.at(place);
      const { key, headerMark } = this.#others.get(place) ?? {
        key: usualKey({ uniqueId }),
        headerMark: this.#markAt(place),
      };
      yield { messageNumber, key, octets, headerMark };
    }
  }
}

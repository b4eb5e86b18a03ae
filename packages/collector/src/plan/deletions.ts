import { usualKey } from './identified.ts';
import type { ListedMessage } from './listed.ts';
import type { ListedMessages } from './listed-messages.ts';
import { Numbers } from './numbers.ts';
import type { Deletion } from './plan.ts';

/** The messages that are at home and due to be deleted, in the order of their numbers. Each is made as it is asked for: it may be all that there are. */
export class Deletions implements Iterable<Deletion> {
  readonly #messages: ListedMessages;
  readonly #due: Numbers;
  // By place: those that had to be looked at, which may have other keys.
  readonly #keys = new Map<number, string>();

  /** @param due - the places of messages that have their usual keys. */
  constructor(messages: ListedMessages, due: Numbers) {
    this.#messages = messages;
    this.#due = due;
  }

  get length(): number {
    return this.#due.length + this.#keys.size;
  }

  /** One that is not among those that are due anyway. */
  add({ place }: ListedMessage, key: string): void {
    this.#keys.set(place, key);
  }

  *[Symbol.iterator](): Generator<Deletion, void, undefined> {
    const others = new Numbers();
    for (const place of this.#keys.keys()) others.add(place);
    for (const place of this.#due.sortedWith(others)) {
      const { messageNumber, octets, uniqueId } = this.#messages.at(place);
      yield { messageNumber, key: this.#keys.get(place) ?? usualKey({ uniqueId }), octets };
    }
  }
}

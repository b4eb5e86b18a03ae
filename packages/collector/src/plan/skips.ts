import type { ListedMessages } from './listed-messages.ts';
import type { Skip, SkipReason } from './plan.ts';

/** The messages that stay on the server for now. Each is made as it is asked for: with a limit, it may be nearly all. */
export class Skips implements Iterable<Skip> {
  readonly #messages: ListedMessages;
  readonly #reasons = new Map<number, SkipReason>();

  constructor(messages: ListedMessages) {
    this.#messages = messages;
  }

  get length(): number {
    return this.#reasons.size;
  }

  add(messageNumber: number, reason: SkipReason): void {
    this.#reasons.set(messageNumber, reason);
  }

  *[Symbol.iterator](): Generator<Skip, void, undefined> {
    for (const { messageNumber, uniqueId, octets } of this.#messages) {
      const reason = this.#reasons.get(messageNumber);
      if (reason !== undefined) yield { messageNumber, uniqueId, octets, reason };
    }
  }
}

import type { ListedMessages } from './listed-messages.ts';
import type { Skip, SkipReason } from './plan.ts';

const reasons: readonly SkipReason[] = ['too-large', 'octets-unknown', 'over-limit', 'unidentified'];

/** The messages that stay on the server for now. Each is made as it is asked for: with a limit, it may be nearly all. */
export class Skips implements Iterable<Skip> {
  readonly #messages: ListedMessages;
  // By place in the listing, 1 for the first of them.
  readonly #reasons: Uint8Array;
  #length = 0;

  constructor(messages: ListedMessages) {
    this.#messages = messages;
    this.#reasons = new Uint8Array(messages.length);
  }

  get length(): number {
    return this.#length;
  }

  /** Each message once. */
  add(place: number, reason: SkipReason): void {
    this.#reasons[place] = reasons.indexOf(reason) + 1;
    this.#length++;
  }

  *[Symbol.iterator](): Generator<Skip, void, undefined> {
    for (const [place, number] of this.#reasons.entries()) {
      const reason = reasons[number - 1];
      if (reason === undefined) continue;
      const { messageNumber, uniqueId, octets } = this.#messages.at(place);
      yield { messageNumber, uniqueId, octets, reason };
    }
  }
}

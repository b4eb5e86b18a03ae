import { identityOf } from './bookkeeping.ts';
import type { Identified, IdentifiedMessage } from './identified.ts';
import { Numbers } from './numbers.ts';
import type { Retrieval } from './plan.ts';

const none: readonly string[] = [];

/** The messages to retrieve. Each is made as it is asked for: on a first run, it may be a hundred thousand. */
export class Retrievals implements Iterable<Retrieval> {
  readonly #identified: Identified;
  readonly #deletesAtOnce: boolean;
  readonly #places = new Numbers();
  /** What the scan listings said of them all. */
  octets = 0;

  /** @param deletesAtOnce - they are deleted in the same session, except where the listings contradict each other. */
  constructor(identified: Identified, deletesAtOnce: boolean) {
    this.#identified = identified;
    this.#deletesAtOnce = deletesAtOnce;
  }

  get length(): number {
    return this.#places.length;
  }

  /** Each message once, in the order in which they are to be retrieved. */
  add({ place, octets = 0 }: IdentifiedMessage): void {
    this.#places.add(place);
    this.octets += octets;
  }

  *[Symbol.iterator](): Generator<Retrieval, void, undefined> {
    for (const place of this.#places) yield this.#make(this.#identified.at(place));
  }

  #make(message: IdentifiedMessage): Retrieval {
    const { entry, messageNumber, contradictory } = message;
    return {
      ...identityOf(message),
      messageNumber,
      delivered: entry?.delivered ?? none,
      delivering: entry?.delivering ?? none,
      failures: entry?.failures ?? 0,
      thenDelete: this.#deletesAtOnce && !contradictory,
    };
  }
}

import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

// Between two looks, which take some 10 us each.
const messagesBetween = 1024;
const mostOctets = 16 * 2 ** 20;

/**
 * Ends the growth of V8's heap in a long collection. A message's objects live for as long as the message is under way. V8 lets the part of the heap for
 * what is new grow by all that ever outlived one of its collections, up to 128 MB, and lets what died later lie until there is four times as much.
 *
 * These two flags are read each time the heap would grow, so they may be set at any time. Before that, they would make short collections slower.
 */
export class HeapBound {
  #messages = 0;
  #bounded = false;

  /** A message was brought home. */
  delivered(): void {
    this.#messages++;
    if (this.#bounded || this.#messages % messagesBetween !== 0) return;
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
    if (young === undefined || young.space_size < mostOctets) return;
    this.#bounded = true;
    setFlagsFromString('--semi-space-growth-factor=1');
    setFlagsFromString('--heap-growing-percent=50');
  }
}

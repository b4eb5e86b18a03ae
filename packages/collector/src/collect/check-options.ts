import type { CollectOptions } from './options.ts';

/** @throws TypeError where nothing could go right with these options. */
export function checkOptions({ destinations, retries = 0, retryDelay = 0 }: CollectOptions): void {
  if (destinations.length === 0) throw new TypeError('at least one destination is needed');
  const names = new Set<string>();
  for (const { name, batchMessages } of destinations) {
    // The ledger could not tell which of them has a message.
    if (names.has(name)) throw new TypeError(`there are two destinations of the name ${name}`);
    names.add(name);
    if (!(batchMessages >= 1))
      throw new TypeError(`${name}: batchMessages must be 1 or more, not ${batchMessages}`);
  }
  if (!(retries >= 0)) throw new TypeError(`retries must be 0 or more, not ${retries}`);
  if (!(retryDelay >= 0)) throw new TypeError(`retryDelay must be 0 or more, not ${retryDelay}`);
}

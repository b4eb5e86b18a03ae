import type { LedgerRecord, Retrieval } from '../plan/index.ts';
import { messageId } from './message-id.ts';
import type { CollectOptions } from './options.ts';
import type { RunState } from './run-state.ts';

/** What is still to be done for the messages that the plan wants. */
export interface Doubts {
  /** Made as they are asked for, each time. */
  readonly wanted: Iterable<Retrieval>;
  /** Messages that only destinations lack that are left out: a later run's turn. */
  readonly lacking: readonly Retrieval[];
  /** Messages that every destination has: not retrieved. */
  readonly home: readonly Retrieval[];
  /** Deliveries that had happened after all. */
  readonly delivered: readonly LedgerRecord[];
  /** Messages that some destinations do not get again, since the user wants to look first. */
  readonly held: readonly { readonly retrieval: Retrieval; readonly reason: string }[];
}

/**
 * Finds out which destinations lack a message: those that the ledger names have it, and those of which a crash left it unclear are asked.
 * A message that all of them have is not retrieved: the one that lacked it may be none of today's destinations.
 */
export async function resolveDoubts(
  retrievals: Iterable<Retrieval>,
  { account, destinations: all, onDoubt = 'deliver', now = Date.now }: CollectOptions,
  run: RunState,
): Promise<Doubts> {
  const wanted = new Wanted(retrievals);
  const lacking: Retrieval[] = [];
  const home: Retrieval[] = [];
  const delivered: LedgerRecord[] = [];
  const held: { retrieval: Retrieval; reason: string }[] = [];
  const destinations = run.usable(all);
  for (const retrieval of retrievals) {
    const { key, uniqueId, octets, headerHash, delivering } = retrieval;
    if (destinations.length > 0 && delivering.length === 0 && retrieval.delivered.length === 0) continue;
    const have = new Set(retrieval.delivered);
    const doubtful: string[] = [];
    for (const destination of destinations) {
      const { name } = destination;
      if (!delivering.includes(name) || have.has(name)) continue;
      const answer = await destination.recover({ id: messageId(account, key), octets });
      if (answer === 'unknown') doubtful.push(name);
      if (answer === 'delivered') have.add(name);
    }
    const everyUsable = destinations.every(({ name }) => have.has(name));
    const complete = everyUsable && run.isWhereverLeftOut(retrieval);
    const message = { key, uniqueId, octets, headerHash };
    for (const destination of have) {
      if (!complete && retrieval.delivered.includes(destination)) continue;
      delivered.push({ type: 'delivered', message, destination, complete, at: now() });
    }
    const holds = onDoubt === 'hold' ? doubtful : [];
    if (holds.length > 0) {
      const reason = `${holds.join(', ')} may have it already, from a run that was cut off; it is held back`;
      held.push({ retrieval, reason });
    }
    // Those that it is held back from get nothing; the others do.
    const without = [...have, ...holds];
    const isWanted = destinations.some(({ name }) => !without.includes(name));
    wanted.decide(retrieval, isWanted ? { ...retrieval, delivered: without } : undefined);
    if (complete) home.push(retrieval);
    else if (everyUsable) lacking.push(retrieval);
  }
  return { wanted, lacking, home, delivered, held };
}

/** Retrievals, but for some about which something else was decided: there are few of those, and many others. */
class Wanted implements Iterable<Retrieval> {
  readonly #retrievals: Iterable<Retrieval>;
  readonly #decided = new Map<number, Retrieval | undefined>();

  constructor(retrievals: Iterable<Retrieval>) {
    this.#retrievals = retrievals;
  }

  /** Undefined: it is not wanted. */
  decide({ messageNumber }: Retrieval, instead: Retrieval | undefined): void {
    this.#decided.set(messageNumber, instead);
  }

  *[Symbol.iterator](): Generator<Retrieval, void, undefined> {
    for (const retrieval of this.#retrievals) {
      const { messageNumber } = retrieval;
      const decided = this.#decided.has(messageNumber) ? this.#decided.get(messageNumber) : retrieval;
      if (decided !== undefined) yield decided;
    }
  }
}

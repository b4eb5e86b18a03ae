import type { LedgerRecord, Retrieval } from '../plan/index.ts';
import { messageId } from './message-id.ts';
import type { CollectOptions } from './options.ts';

/** What to do about messages of which a crash left unclear whether they were delivered. */
export interface Doubts {
  readonly wanted: readonly Retrieval[];
  /** Deliveries that had happened after all. */
  readonly delivered: readonly LedgerRecord[];
  /** Messages that are not delivered again, since the user wants to look first. */
  readonly held: readonly { readonly retrieval: Retrieval; readonly reason: string }[];
}

/** Asks the destinations about every delivery that was begun and never confirmed. */
export async function resolveDoubts(
  retrievals: readonly Retrieval[],
  { account, destinations, onDoubt = 'deliver' }: CollectOptions,
  now: () => number,
): Promise<Doubts> {
  const wanted: Retrieval[] = [];
  const delivered: LedgerRecord[] = [];
  const held: { retrieval: Retrieval; reason: string }[] = [];
  for (const retrieval of retrievals) {
    if (retrieval.delivering.length === 0) {
      wanted.push(retrieval);
      continue;
    }
    const { key, uniqueId, octets, headerHash } = retrieval;
    const have = new Set(retrieval.delivered);
    const doubtful: string[] = [];
    for (const destination of destinations) {
      if (!retrieval.delivering.includes(destination.name) || have.has(destination.name)) continue;
      const answer = await destination.recover({ id: messageId(account, key), octets });
      if (answer === 'unknown') doubtful.push(destination.name);
      if (answer !== 'delivered') continue;
      have.add(destination.name);
      const message = { key, uniqueId, octets, headerHash };
      const complete = destinations.every(({ name }) => have.has(name));
      delivered.push({ type: 'delivered', message, destination: destination.name, complete, at: now() });
    }
    if (doubtful.length > 0 && onDoubt === 'hold') {
      held.push({
        retrieval,
        reason: `${doubtful.join(', ')} may have it already, from a run that was cut off; it is held back`,
      });
    } else if (!destinations.every(({ name }) => have.has(name))) {
      wanted.push({ ...retrieval, delivered: [...have] });
    }
  }
  return { wanted, delivered, held };
}

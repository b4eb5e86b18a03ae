import type { MessageIdentity } from './entry.ts';
import type { IdentifiedMessage } from './identified.ts';
import type { Missing } from './missing.ts';
import type { PlanInput } from './plan.ts';
import type { LedgerRecord } from './record.ts';

/** What bookkeeping depends on, beyond the messages. */
export type BookSettings = Pick<PlanInput, 'firstRun' | 'options' | 'now'>;

/** What the ledger is to be told before anything is retrieved. Records are made as they are asked for: there may be one for each message. */
export class Bookkeeping implements Iterable<LedgerRecord> {
  readonly #identified: Iterable<IdentifiedMessage>;
  readonly #missing: Missing;
  readonly #settings: BookSettings;

  /** @param missing - what is to be recorded of messages that are certainly not listed. */
  constructor(identified: Iterable<IdentifiedMessage>, missing: Missing, settings: BookSettings) {
    this.#identified = identified;
    this.#missing = missing;
    this.#settings = settings;
  }

  *[Symbol.iterator](): Generator<LedgerRecord, void, undefined> {
    for (const message of this.#identified) yield* this.#ofListed(message);
    yield* this.#missing;
  }

  *#ofListed(message: IdentifiedMessage): Generator<LedgerRecord, void, undefined> {
    const { entry, key, uniqueId, octets, adopted } = message;
    const { now: at } = this.#settings;
    if (isUnwanted(message, this.#settings)) yield { type: 'noted', message: identityOf(message), at };
    if (entry === undefined) return;
    if (adopted) yield { type: 'adopt', key, uniqueId, octets, at };
    const resized = octets !== undefined && entry.octets !== octets;
    if (entry.vanishedAt !== undefined || entry.state === 'gone' || resized)
      yield { type: 'listed', message: identityOf(message), at };
  }
}

/** Whether a message is new on a first run that fetches none. */
export function isUnwanted({ entry }: IdentifiedMessage, { firstRun, options }: BookSettings): boolean {
  return entry === undefined && firstRun && options?.newOnly === true;
}

/** What identifies a message in the ledger. */
export function identityOf({ key, uniqueId, octets, headerHash }: IdentifiedMessage): MessageIdentity & {
  readonly headerHash: string | undefined;
} {
  return { key, uniqueId, octets, headerHash };
}

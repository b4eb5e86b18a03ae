import type { LedgerEntry } from './entry.ts';
import type { PlanInput } from './plan.ts';
import type { LedgerRecord } from './record.ts';

const leastForgetAfter = 30 * 86_400_000;

/** What is to be recorded of entries whose messages are not listed. Only keys are held, and of most not even those: there may be a hundred thousand. */
export class Missing implements Iterable<LedgerRecord> {
  readonly #settings: Pick<PlanInput, 'options' | 'now'>;
  readonly #others: Missing | undefined;
  readonly #vanished: string[] = [];
  readonly #forgotten: string[] = [];
  readonly #gone: string[] = [];

  /** @param others - are among them. */
  constructor(settings: Pick<PlanInput, 'options' | 'now'>, others?: Missing) {
    this.#settings = settings;
    this.#others = others;
  }

  /** How many deletions are confirmed by that: an earlier session asked for them, and never heard what became of them. */
  get confirmed(): number {
    const others: number = this.#others?.confirmed ?? 0;
    return others + this.#gone.length;
  }

  // An entry outlives its message for a while.
  add({ key, state, vanishedAt, deleteRequestedAt }: LedgerEntry): void {
    const { now, options = {} } = this.#settings;
    const since = vanishedAt ?? (state === 'gone' ? deleteRequestedAt : undefined);
    const age = Math.max(leastForgetAfter, options.forgetAfter ?? leastForgetAfter);
    if (since === undefined) this.#vanished.push(key);
    else if (since + age <= now) this.#forgotten.push(key);
    if (since === undefined && state === 'delivered' && deleteRequestedAt !== undefined) this.#gone.push(key);
  }

  *[Symbol.iterator](): Generator<LedgerRecord, void, undefined> {
    const { now: at } = this.#settings;
    if (this.#others !== undefined) yield* this.#others;
    for (const key of this.#vanished) yield { type: 'vanished', key, at };
    for (const key of this.#forgotten) yield { type: 'forget', key, at };
    for (const key of this.#gone) yield { type: 'gone', key, at };
  }
}

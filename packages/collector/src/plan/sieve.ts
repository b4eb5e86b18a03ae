import type { LedgerEntry } from './entry.ts';
import type { ListedMessages } from './listed-messages.ts';
import { Numbers } from './numbers.ts';
import type { PlanInput } from './plan.ts';
import { isDue } from './retention.ts';

type Settings = Pick<PlanInput, 'options' | 'now'>;

// What became of the entry of a listed message: none came yet, it was kept, or it was let go of. Those are told apart by whether their key
// is made of the unique-id.
const open = 0;
const kept = 1;
const settled = 2;
const settledUnderAnotherKey = 3;

/**
 * Lets go of the entries of which a session needs nothing but the number of their message: it is listed once, under the unique-id of this one
 * entry, and nothing is to be done about it. There may be a hundred thousand of them, and few others.
 *
 * Give it every entry. Where `ambiguous` is not empty then, begin again with a new one that is told of it.
 */
export class Sieve {
  /** Those that have to be looked at, in the order they came. */
  readonly entries: LedgerEntry[] = [];
  /** Numbers of messages that are at home and stay on the server, and of those that are not wanted. */
  readonly known: Numbers = new Numbers();
  readonly noted: Numbers = new Numbers();
  /** Unique-ids that an entry was let go of for, before another one came that has it too. */
  readonly ambiguous: Set<string> = new Set();
  /** Keys of entries that were let go of, where they are not made of the unique-id. */
  readonly otherKeys: Set<string> = new Set();
  /** Some entry is known by its unique-id alone: without it, its message cannot be told from new ones. */
  nameless = false;
  readonly #settings: Settings;
  readonly #messages: ListedMessages;
  // By place in the listing.
  readonly #states: Uint8Array;

  /** @param except - unique-ids whose entries are all kept. */
  constructor(messages: ListedMessages, settings: Settings, except: Iterable<string> = []) {
    this.#messages = messages;
    this.#settings = settings;
    this.#states = new Uint8Array(messages.length);
    for (const uniqueId of except) {
      const place = messages.placeOf(uniqueId);
      if (place !== undefined) this.#states[place] = kept;
    }
  }

  /** Keeps an entry, or lets go of it and remembers the number of its message. */
  add(entry: LedgerEntry): void {
    const { uniqueId, headerHash, state } = entry;
    if (uniqueId !== undefined && headerHash === undefined && state !== 'gone') this.nameless = true;
    const place = uniqueId === undefined ? undefined : this.#messages.placeOf(uniqueId);
    if (uniqueId === undefined || place === undefined) this.entries.push(entry);
    else if (this.has(place)) this.ambiguous.add(uniqueId);
    else if (this.#states[place] === open && this.#isSettled(entry, this.#messages.octetsAt(place)))
      this.#settle(entry, uniqueId, place);
    else this.#keep(entry, place);
  }

  /** Whether nothing is to be done about the message at this place in the listing. */
  has(place: number): boolean {
    return (this.#states[place] ?? open) >= settled;
  }

  /** Whether an entry that was let go of has this key. */
  hasKey(key: string): boolean {
    if (this.otherKeys.has(key)) return true;
    const place = key.startsWith('u:') ? this.#messages.placeOf(key.slice(2)) : undefined;
    return place !== undefined && this.#states[place] === settled;
  }

  #keep(entry: LedgerEntry, place: number): void {
    this.#states[place] = kept;
    this.entries.push(entry);
  }

  #settle({ key, state }: LedgerEntry, uniqueId: string, place: number): void {
    const usual = key === `u:${uniqueId}`;
    this.#states[place] = usual ? settled : settledUnderAnotherKey;
    if (!usual) this.otherKeys.add(key);
    (state === 'noted' ? this.noted : this.known).add(this.#messages.numberAt(place));
  }

  #isSettled(entry: LedgerEntry, octets: number | undefined): boolean {
    const { state, vanishedAt } = entry;
    if (vanishedAt !== undefined || (octets !== undefined && octets !== entry.octets)) return false;
    return state === 'noted' || (state === 'delivered' && !isDue(entry, this.#settings));
  }
}

import type { LedgerEntry } from './entry.ts';
import type { ListedMessage } from './listed.ts';
import type { PlanInput } from './plan.ts';
import { isDue } from './retention.ts';

type Settings = Pick<PlanInput, 'options' | 'now'>;

// Settled ones are told apart by whether their key is made of the unique-id.
type Listed = ListedMessage | 'settled' | 'settled-under-another-key';

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
  readonly known: number[] = [];
  readonly noted: number[] = [];
  /** Unique-ids that an entry was let go of for, before another one came that has it too. */
  readonly ambiguous: Set<string> = new Set();
  /** Some entry is known by its unique-id alone: without it, its message cannot be told from new ones. */
  nameless = false;
  readonly #settings: Settings;
  readonly #listed: readonly ListedMessage[];
  readonly #except: Iterable<string>;
  // Made for the first entry: where there is none, as on a first run, nothing is asked of it.
  #byUniqueIdOrNot: Map<string, Listed> | undefined;
  readonly #otherKeys = new Set<string>();

  /** @param except - unique-ids whose entries are all kept. */
  constructor(messages: readonly ListedMessage[], settings: Settings, except: Iterable<string> = []) {
    this.#listed = messages;
    this.#settings = settings;
    this.#except = except;
  }

  /** Keeps an entry, or lets go of it and remembers the number of its message. */
  add(entry: LedgerEntry): void {
    const { uniqueId, headerHash, state } = entry;
    if (uniqueId === undefined) {
      this.entries.push(entry);
      return;
    }
    if (headerHash === undefined && state !== 'gone') this.nameless = true;
    const message = this.#messages.get(uniqueId);
    if (typeof message === 'string') this.ambiguous.add(uniqueId);
    else if (message === undefined || !this.#isSettled(entry, message)) this.#keep(entry, uniqueId);
    else this.#settle(entry, uniqueId, message);
  }

  /** Whether nothing is to be done about a message. */
  has({ uniqueId }: ListedMessage): boolean {
    return uniqueId !== undefined && typeof this.#byUniqueIdOrNot?.get(uniqueId) === 'string';
  }

  /** Whether an entry that was let go of has this key. */
  hasKey(key: string): boolean {
    if (this.#otherKeys.has(key)) return true;
    return key.startsWith('u:') && this.#byUniqueIdOrNot?.get(key.slice(2)) === 'settled';
  }

  // Until an entry with that unique-id is kept.
  get #messages(): Map<string, Listed> {
    if (this.#byUniqueIdOrNot !== undefined) return this.#byUniqueIdOrNot;
    const messages = new Map<string, Listed>();
    const kept = new Set(this.#except);
    for (const message of this.#listed) {
      const { uniqueId } = message;
      if (uniqueId === undefined) continue;
      if (messages.has(uniqueId)) kept.add(uniqueId);
      else messages.set(uniqueId, message);
    }
    for (const uniqueId of kept) messages.delete(uniqueId);
    this.#byUniqueIdOrNot = messages;
    return messages;
  }

  #keep(entry: LedgerEntry, uniqueId: string): void {
    this.#messages.delete(uniqueId);
    this.entries.push(entry);
  }

  #settle({ key, state }: LedgerEntry, uniqueId: string, { messageNumber }: ListedMessage): void {
    const usual = key === `u:${uniqueId}`;
    this.#messages.set(uniqueId, usual ? 'settled' : 'settled-under-another-key');
    if (!usual) this.#otherKeys.add(key);
    (state === 'noted' ? this.noted : this.known).push(messageNumber);
  }

  #isSettled(entry: LedgerEntry, { octets }: ListedMessage): boolean {
    const { state, vanishedAt } = entry;
    if (vanishedAt !== undefined || (octets !== undefined && octets !== entry.octets)) return false;
    return state === 'noted' || (state === 'delivered' && !isDue(entry, this.#settings));
  }
}

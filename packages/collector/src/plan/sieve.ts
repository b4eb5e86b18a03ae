import type { LedgerEntry } from './entry.ts';
import { headerMark } from './header-mark.ts';
import type { ListedMessages } from './listed-messages.ts';
import { Missing } from './missing.ts';
import { Numbers } from './numbers.ts';
import type { PlanInput } from './plan.ts';
import { isDue } from './retention.ts';

type Settings = Pick<PlanInput, 'options' | 'now'>;

// What became of the entry of a listed message: none came yet, it was kept, or it was let go of. Those are told apart by whether their key
// is made of the unique-id.
const open = 0;
const kept = 1;
const letGo = 2;
const letGoUnderAnotherKey = 3;

/** Entries that a {@link Sieve} keeps although their like is usually let go of. */
export interface SieveExceptions {
  /** Unique-ids that several entries have. */
  readonly uniqueIds: Iterable<string>;
  /** Those whose messages are not listed: new ones are to be compared with them. */
  readonly absent: boolean;
}

/**
 * Lets go of the entries of which a session needs little: the number of their message, where it is listed once, under the unique-id of this one
 * entry, and nothing is to be done about it but perhaps to delete it; their key, where it is not listed any more. There may be a hundred thousand of
 * them, and few others.
 *
 * Give it every entry. Where there are `exceptions` then, begin again with a new one that is told of them.
 */
export class Sieve {
  /** Those that have to be looked at, in the order they came. */
  readonly entries: LedgerEntry[] = [];
  /** Numbers of messages that are at home and stay on the server, and of those that are not wanted. */
  readonly known: Numbers = new Numbers();
  readonly noted: Numbers = new Numbers();
  /** Places of messages that are at home and due to be deleted. */
  readonly due: Numbers = new Numbers();
  /** What is to be recorded of those that were let go of, since their messages are not listed. */
  readonly missing: Missing;
  /** How many of those were not gone before. */
  absent = 0;
  /** Keys of entries that were let go of, where they are not made of the unique-id, or look like what keys that are taken are changed to. */
  readonly otherKeys: Set<string> = new Set();
  /** Some entry is known by its unique-id alone: without it, its message cannot be told from new ones. */
  nameless = false;
  // Unique-ids that an entry was let go of for, before another one came that has it too.
  readonly #ambiguous = new Set<string>();
  readonly #settings: Settings;
  readonly #messages: ListedMessages;
  readonly #keepsAbsent: boolean;
  // By place in the listing.
  readonly #states: Uint8Array;
  // How many of those that were kept are not gone, and whether any of those that are not listed could be recognised by its header.
  #present = 0;
  // By place, of those that are due.
  #marks: Float64Array | undefined;
  #comparable = false;

  constructor(messages: ListedMessages, settings: Settings, except?: SieveExceptions) {
    this.#messages = messages;
    this.#settings = settings;
    this.#states = new Uint8Array(messages.length);
    this.missing = new Missing(settings);
    // A message without a unique-id of its own may be any of them.
    this.#keepsAbsent = except?.absent === true || !messages.areNamed;
    for (const uniqueId of except?.uniqueIds ?? []) {
      const place = messages.placeOf(uniqueId);
      if (place !== undefined) this.#states[place] = kept;
    }
  }

  /** What was let go of, and should not have been. */
  get exceptions(): SieveExceptions | undefined {
    const several = this.#ambiguous.size > 0;
    const absent = this.absent > 0 && (several || this.#mayBeMigration);
    return absent || several ? { uniqueIds: this.#ambiguous, absent } : undefined;
  }

  /** How many listed messages were settled. */
  get settled(): number {
    return this.known.length + this.noted.length + this.due.length;
  }

  /** Keeps an entry, or lets go of it and remembers what is needed of it. */
  add(entry: LedgerEntry): void {
    const { uniqueId, headerHash, state } = entry;
    if (uniqueId !== undefined && headerHash === undefined && state !== 'gone') this.nameless = true;
    const place = uniqueId === undefined ? undefined : this.#messages.placeOf(uniqueId);
    if (uniqueId === undefined) this.#keep(entry);
    else if (place === undefined) this.#addAbsent(entry, uniqueId);
    else if (this.has(place)) this.#ambiguous.add(uniqueId);
    else if (this.#states[place] === open && this.#isSettled(entry, place))
      this.#settle(entry, uniqueId, place);
    else this.#keep(entry, place);
  }

  /** Whether nothing but a deletion is to be done about the message at this place in the listing. */
  has(place: number): boolean {
    return (this.#states[place] ?? open) >= letGo;
  }

  /** The header mark of the message that is due to be deleted at this place. */
  markAt(place: number): number {
    return this.#marks?.[place] ?? Number.NaN;
  }

  /** Whether an entry that was let go of has this key. */
  hasKey(key: string): boolean {
    if (this.otherKeys.has(key)) return true;
    const place = key.startsWith('u:') ? this.#messages.placeOf(key.slice(2)) : undefined;
    return place !== undefined && this.#states[place] === letGo;
  }

  // Never less than what the whole of the entries would show.
  get #mayBeMigration(): boolean {
    const unknown = this.#messages.length - this.settled;
    return this.#comparable && this.absent + this.#present > this.settled && unknown > this.settled;
  }

  #addAbsent(entry: LedgerEntry, uniqueId: string): void {
    const { key, state, headerHash } = entry;
    if (state !== 'gone' && headerHash !== undefined) this.#comparable = true;
    if (this.#keepsAbsent) {
      this.#keep(entry);
      return;
    }
    if (state !== 'gone') this.absent++;
    if (key !== `u:${uniqueId}` || key.includes('#')) this.otherKeys.add(key);
    this.missing.add(entry);
  }

  #keep(entry: LedgerEntry, place?: number): void {
    if (place !== undefined) this.#states[place] = kept;
    if (entry.state !== 'gone') this.#present++;
    if (entry.state !== 'gone' && entry.headerHash !== undefined) this.#comparable = true;
    this.entries.push(entry);
  }

  #settle(entry: LedgerEntry, uniqueId: string, place: number): void {
    const { key, state, headerHash } = entry;
    const usual = key === `u:${uniqueId}`;
    this.#states[place] = usual ? letGo : letGoUnderAnotherKey;
    if (!usual) this.otherKeys.add(key);
    if (state === 'noted') this.noted.add(this.#messages.numberAt(place));
    else if (isDue(entry, this.#settings)) {
      this.due.add(place);
      this.#marks ??= new Float64Array(this.#messages.length);
      this.#marks[place] = headerMark(headerHash);
    } else this.known.add(this.#messages.numberAt(place));
  }

  #isSettled(entry: LedgerEntry, place: number): boolean {
    const { state, vanishedAt, key, uniqueId } = entry;
    const octets = this.#messages.octetsAt(place);
    if (vanishedAt !== undefined || (octets !== undefined && octets !== entry.octets)) return false;
    if (state !== 'delivered' || !isDue(entry, this.#settings))
      return state === 'noted' || state === 'delivered';
    return key === `u:${uniqueId}` && !this.#messages.isContradictory(place);
  }
}

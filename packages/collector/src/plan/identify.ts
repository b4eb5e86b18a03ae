import type { LedgerEntry } from './entry.ts';
import { Groups } from './groups.ts';
import { Identified, type IdentifiedMessage, usualKey } from './identified.ts';
import type { ListedMessage } from './listed.ts';
import type { ListedMessages } from './listed-messages.ts';
import { Numbers } from './numbers.ts';
import type { PlanInput, PlanNote } from './plan.ts';
import type { Sieve } from './sieve.ts';

/** Who the listed messages are. */
export interface Identification {
  /** In the order of their numbers. It can be gone through more than once. */
  readonly identified: Identified;
  /** Their headers have to be read first. */
  readonly undecided: readonly number[];
  /** Neither a usable unique-id nor a header that can be read. */
  readonly unidentified: readonly ListedMessage[];
  readonly notes: readonly PlanNote[];
}

/**
 * Finds the ledger entry of every listed message that the sieve has not settled: by unique-id, and where that is not enough, by octets and
 * header hash.
 */
export function identify(
  messages: ListedMessages,
  sieve: Sieve,
  input: Pick<PlanInput, 'headerHashes'>,
): Identification {
  return new Identifier(messages, sieve, input).run();
}

class Identifier {
  readonly #messages: ListedMessages;
  readonly #hashes: ReadonlyMap<number, string | undefined>;
  readonly #byUniqueId = new Groups<LedgerEntry>();
  // Made when they are asked for: in most sessions nobody does, and they take more memory than the entries themselves.
  #byHashOrNot: Map<string, Set<LedgerEntry>> | undefined;
  #keysOrNot: Set<string> | undefined;
  // Of keys that were taken, the last number that was put behind them.
  readonly #counts = new Map<string, number>();
  readonly #sieve: Sieve;
  readonly #entries: readonly LedgerEntry[];
  readonly #taken = new Set<LedgerEntry>();
  readonly #identified: IdentifiedMessage[] = [];
  readonly #undecided: number[] = [];
  readonly #unidentified: ListedMessage[] = [];
  readonly #notes: PlanNote[] = [];

  constructor(
    messages: ListedMessages,
    sieve: Sieve,
    { headerHashes = new Map() }: Pick<PlanInput, 'headerHashes'>,
  ) {
    this.#messages = messages;
    this.#hashes = headerHashes;
    this.#sieve = sieve;
    this.#entries = sieve.entries;
    for (const entry of this.#entries) {
      if (entry.uniqueId !== undefined) this.#byUniqueId.add(entry.uniqueId, entry);
    }
  }

  // Without those that were found: many messages may have the same header.
  get #byHash(): Map<string, Set<LedgerEntry>> {
    if (this.#byHashOrNot !== undefined) return this.#byHashOrNot;
    const byHash = new Map<string, Set<LedgerEntry>>();
    for (const entry of this.#entries) {
      if (entry.headerHash !== undefined && !this.#taken.has(entry)) put(byHash, entry.headerHash, entry);
    }
    this.#byHashOrNot = byHash;
    return byHash;
  }

  get #keys(): Set<string> {
    this.#keysOrNot ??= new Set(this.#entries.map(({ key }) => key));
    return this.#keysOrNot;
  }

  run(): Identification {
    const repeated = new Groups<ListedMessage>();
    const withoutId: ListedMessage[] = [];
    const unknown = new Numbers();
    for (let place = 0; place < this.#messages.length; place++) {
      if (this.#sieve.has(place)) continue;
      if (this.#messages.isNamed(place)) {
        if (!this.#single(place)) unknown.add(place);
        continue;
      }
      const message = this.#messages.at(place);
      if (message.uniqueId === undefined) withoutId.push(message);
      else repeated.add(message.uniqueId, message);
    }
    const numbers: number[] = [];
    for (const [, group] of repeated.entries()) {
      for (const message of group) {
        numbers.push(message.messageNumber);
        this.#byHeader(message);
      }
    }
    this.#note(
      numbers,
      'repeated-unique-id',
      'The server gives several messages the same unique-id: they are told apart by their headers.',
    );
    for (const message of withoutId) this.#byHeader(message);
    const fresh = this.#sortOut(unknown);
    return {
      identified: new Identified(this.#messages, this.#identified, fresh, this.#hashes),
      undecided: this.#undecided.sort((a, b) => a - b),
      unidentified: this.#unidentified,
      notes: this.#notes,
    };
  }

  /** False: no entry has its unique-id. */
  #single(place: number): boolean {
    if (this.#entries.length === 0) return false;
    const message = this.#messages.at(place);
    const [one, another] = this.#byUniqueId.get(message.uniqueId ?? '');
    if (one === undefined) return false;
    if (another === undefined && !mayBeAnother(one, message)) this.#found(message, one);
    else this.#byHeader(message, true);
    return true;
  }

  // A unique-id is not enough, or there is none. `alone`: no other listed message has this unique-id.
  #byHeader(message: ListedMessage, alone = false): void {
    const { messageNumber, uniqueId, octets } = message;
    if (!this.#hashes.has(messageNumber)) {
      this.#undecided.push(messageNumber);
      return;
    }
    const hash = this.#hashes.get(messageNumber);
    if (hash === undefined) {
      this.#unidentified.push(message);
      return;
    }
    const named = (one: LedgerEntry): boolean =>
      uniqueId === undefined || one.uniqueId === undefined || one.uniqueId === uniqueId;
    const same = this.#byHash.get(hash) ?? [];
    const entry =
      first(same, (one) => named(one) && isOfSize(one, octets)) ??
      // Some servers count octets in another way from session to session.
      (alone ? first(same, named) : undefined) ??
      first(this.#byUniqueId.get(uniqueId ?? ''), (one) => this.#isTakenOver(one, octets));
    if (entry !== undefined) this.#found(message, entry, hash);
    else if (uniqueId === undefined && this.#sieve.nameless) this.#unidentified.push(message);
    else {
      if (alone) {
        this.#note(
          [messageNumber],
          'unique-id-reused',
          'The server uses a unique-id again, for another message.',
        );
      }
      this.#new(message, `h:${hash}:${octets ?? ''}:${uniqueId ?? ''}`, hash);
    }
  }

  // It was delivered, or not wanted, before anybody had to know its header.
  #isTakenOver(entry: LedgerEntry, octets: number | undefined): boolean {
    const { state, headerHash } = entry;
    if (headerHash !== undefined || (state !== 'delivered' && state !== 'noted')) return false;
    return !this.#taken.has(entry) && entry.octets !== undefined && entry.octets === octets;
  }

  /** Finds those that are home under another unique-id. Gives the places of the others that are simply new: nothing has to be held of them. */
  #sortOut(unknown: Numbers): Numbers {
    const missing = this.#entries.filter((entry) => entry.state !== 'gone' && !this.#taken.has(entry));
    const comparable = missing.filter(({ headerHash }) => headerHash !== undefined);
    const known = this.#sieve.settled + this.#identified.length;
    // Most of what was known is not there any more, and most of what is there is new.
    const migrated = comparable.length > 0 && missing.length > known && unknown.length > known;
    // The server did not tell their unique-ids when they were fetched; now it may.
    const named = (one: LedgerEntry): boolean => migrated || one.uniqueId === undefined;
    const asks = comparable.some(named);
    if (!asks && this.#keys.size + this.#sieve.otherKeys.size === 0) return unknown;
    const fresh = new Numbers();
    const adopted: number[] = [];
    for (const place of unknown) {
      const message = this.#messages.at(place);
      const { messageNumber, octets } = message;
      if (asks && !this.#hashes.has(messageNumber)) {
        this.#undecided.push(messageNumber);
        continue;
      }
      const hash = this.#hashes.get(messageNumber);
      if (asks && hash === undefined) {
        this.#unidentified.push(message);
        continue;
      }
      const suits = (one: LedgerEntry): boolean =>
        one.state !== 'gone' && named(one) && isOfSize(one, octets);
      const entry = asks ? first(this.#byHash.get(hash ?? '') ?? [], suits) : undefined;
      if (entry !== undefined) {
        adopted.push(messageNumber);
        this.#found(message, entry, hash, true);
      } else if (this.#hasKey(usualKey(message))) this.#new(message, usualKey(message), hash);
      else fresh.add(place);
    }
    this.#note(
      adopted,
      'migration',
      'The server has new unique-ids for messages that are home already: they were recognised by their headers.',
    );
    return fresh;
  }

  #found(message: ListedMessage, entry: LedgerEntry, headerHash = entry.headerHash, adopted = false): void {
    this.#taken.add(entry);
    this.#byHashOrNot?.get(entry.headerHash ?? '')?.delete(entry);
    const named = entry.uniqueId === undefined && message.uniqueId !== undefined;
    this.#identified.push({ ...message, entry, key: entry.key, headerHash, adopted: adopted || named });
  }

  #new(message: ListedMessage, wanted: string, headerHash: string | undefined): void {
    let key = wanted;
    let count = this.#counts.get(wanted) ?? 1;
    // Another listed message may have that for its usual key.
    while (this.#hasKey(key) || (key !== wanted && this.#isListed(key))) key = `${wanted}#${++count}`;
    if (count > 1) this.#counts.set(wanted, count);
    this.#keys.add(key);
    this.#identified.push({ ...message, entry: undefined, key, headerHash, adopted: false });
  }

  #hasKey(key: string): boolean {
    return this.#keys.has(key) || this.#sieve.hasKey(key);
  }

  #isListed(key: string): boolean {
    return key.startsWith('u:') && this.#messages.placeOf(key.slice(2)) !== undefined;
  }

  #note(messageNumbers: readonly number[], code: PlanNote['code'], message: string): void {
    if (messageNumbers.length === 0) return;
    this.#notes.push({ severity: 'note', code, message, messageNumbers: messageNumbers.slice(0, 10) });
  }
}

// A message is not taken for delivered on the word of a server that may use unique-ids again: where its size is another one, or the
// message that had the unique-id was deleted or not listed for a while, its header decides.
function mayBeAnother(entry: LedgerEntry, { octets }: ListedMessage): boolean {
  const { state, headerHash, delivered, vanishedAt } = entry;
  const resized = octets !== undefined && entry.octets !== undefined && octets !== entry.octets;
  if (headerHash === undefined)
    return (state === 'gone' && entry.octets !== octets) || (vanishedAt !== undefined && resized);
  if (state === 'gone' || vanishedAt !== undefined) return true;
  return (state === 'delivered' || delivered.length > 0) && !isOfSize(entry, octets);
}

function isOfSize({ octets, receivedOctets }: LedgerEntry, listed: number | undefined): boolean {
  if (listed === undefined || (octets === undefined && receivedOctets === undefined)) return true;
  return octets === listed || receivedOctets === listed;
}

function first<T>(values: Iterable<T>, suits: (value: T) => boolean): T | undefined {
  for (const value of values) if (suits(value)) return value;
  return undefined;
}

function put<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, new Set([value]));
  else values.add(value);
}

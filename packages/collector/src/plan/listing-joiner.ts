import type { JoinedListing, ListingInput } from './listed.ts';
import { ListedMessages } from './listed-messages.ts';
import { Numbers } from './numbers.ts';
import type { PlanNote } from './plan.ts';
import { UniqueIds } from './unique-ids.ts';

/** What is to be known besides the entries of both listings. */
export interface ListingEnd extends Pick<ListingInput, 'malformedLines' | 'messages'> {
  /** The server tells unique-ids. */
  readonly named: boolean;
}

/** Puts the scan listings and the unique-id listings of one session together. They may come one by one, in any order. */
export class ListingJoiner {
  readonly #octets = { numbers: new Numbers(), values: new Numbers() };
  readonly #uniqueIds = { numbers: new Numbers(), values: new UniqueIds() };

  /** Takes an entry of LIST. */
  addScan({ messageNumber, octets }: ListingInput['scan'][number]): void {
    this.#octets.numbers.add(messageNumber);
    this.#octets.values.add(octets);
  }

  /** Takes an entry of UIDL. */
  addUniqueId({ messageNumber, uniqueId }: NonNullable<ListingInput['uniqueIds']>[number]): void {
    this.#uniqueIds.numbers.add(messageNumber);
    this.#uniqueIds.values.add(uniqueId);
  }

  /** Joins what was taken: what agrees is used, what does not is said. */
  join({ named, malformedLines = 0, messages: announced }: ListingEnd): JoinedListing {
    const { messages, notes } = this.#inStep() ?? this.#byNumber(named);
    const short = announced !== undefined && announced !== messages.length;
    const whole = malformedLines === 0 && !short;
    return {
      messages,
      notes: whole ? notes : [...notes, incompleteNote],
      complete: whole && notes.length === 0,
      named,
    };
  }

  // Nearly always both have the same numbers in the same order, and nothing else is needed to put them together.
  #inStep(): Joined | undefined {
    const { numbers } = this.#octets;
    const others = this.#uniqueIds.numbers;
    if (others.length !== numbers.length) return undefined;
    let last = 0;
    for (let place = 0; place < numbers.length; place++) {
      const messageNumber = numbers.at(place);
      if (messageNumber <= last || others.at(place) !== messageNumber) return undefined;
      last = messageNumber;
    }
    const messages = new ListedMessages({
      messageNumbers: numbers,
      octets: this.#octets.values,
      uniqueIds: this.#uniqueIds.values,
      contradictory: new Set(),
    });
    return { messages, notes: [] };
  }

  #byNumber(named: boolean): Joined {
    const octets = new ByNumber(this.#octets.numbers, this.#octets.values);
    const uniqueIds = new ByNumber(this.#uniqueIds.numbers, this.#uniqueIds.values);
    const contradictory = new Set([...octets.repeated, ...uniqueIds.repeated]);
    const all = [...new Set([...octets.values.keys(), ...uniqueIds.values.keys()])].sort((a, b) => a - b);
    const columns = { messageNumbers: new Numbers(), octets: new Numbers(), uniqueIds: new UniqueIds() };
    for (const number of all) {
      columns.messageNumbers.add(number);
      columns.octets.add(octets.valueOf(number) ?? Number.NaN);
      columns.uniqueIds.add(uniqueIds.valueOf(number));
    }
    const messages = new ListedMessages({ ...columns, contradictory });
    const notes: PlanNote[] = [];
    const warn = (code: PlanNote['code'], message: string, of: readonly number[]): void => {
      if (of.length === 0) return;
      notes.push({ severity: 'warning', code, message, messageNumbers: of.slice(0, 10) });
    };
    const missingIn = ({ values }: ByNumber<unknown>): number[] =>
      all.filter((number) => !values.has(number));
    warn('repeated-number', 'The server lists a message-number twice, with different values.', [
      ...contradictory,
    ]);
    warn('without-octets', 'LIST does not have messages that UIDL has.', missingIn(octets));
    if (named) warn('without-unique-id', 'UIDL does not have messages that LIST has.', missingIn(uniqueIds));
    return { messages, notes };
  }
}

type Joined = Pick<JoinedListing, 'messages' | 'notes'>;

const incompleteNote: PlanNote = {
  severity: 'warning',
  code: 'listing-incomplete',
  message: 'The listing is not whole: nothing is forgotten because of it.',
  messageNumbers: [],
};

class ByNumber<T> {
  readonly values = new Map<number, T>();
  /** Numbers that were listed with different values. */
  readonly repeated = new Set<number>();

  constructor(numbers: Numbers, values: { at(place: number): T | undefined }) {
    for (let place = 0; place < numbers.length; place++) {
      const number = numbers.at(place);
      const value = values.at(place);
      if (value === undefined) continue;
      if (this.values.has(number) && this.values.get(number) !== value) this.repeated.add(number);
      else this.values.set(number, value);
    }
  }

  valueOf(number: number): T | undefined {
    return this.repeated.has(number) ? undefined : this.values.get(number);
  }
}

import { Numbers } from './numbers.ts';

/**
 * The unique-ids of a listing by their place in it, in few pieces of memory beside the heap. As strings and a map, a hundred thousand of them take
 * several times as much: in view of so much that stays, the heap grows further.
 *
 * They are found by their order: it is the server that chooses them, and it could choose such as make any table of hashes slow.
 */
export class UniqueIds {
  #codes = new Uint16Array(4096);
  // Where each ends in them. One that is empty is none.
  readonly #ends = new Numbers();
  #sorted: Sorted | undefined;
  // Who searches does so in an order, nearly always: here the next one is looked for first.
  #next = 0;

  /** Adds what the next message has; undefined: nothing usable. */
  add(uniqueId = ''): void {
    const start = this.#startOf(this.#ends.length);
    const end = start + uniqueId.length;
    if (end > this.#codes.length) {
      const larger = new Uint16Array(end * 2);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    for (let index = 0; index < uniqueId.length; index++)
      this.#codes[start + index] = uniqueId.charCodeAt(index);
    this.#ends.add(end);
  }

  /** The one at this place; undefined where there is none. */
  at(place: number): string | undefined {
    const codes = this.#codesAt(place);
    return codes.length === 0 ? undefined : textOf(codes);
  }

  /** Whether there is one at this place. */
  has(place: number): boolean {
    return this.#ends.at(place) > this.#startOf(place);
  }

  /** The place of the one message that has this unique-id; undefined where none has it, or several have. */
  placeOf(uniqueId: string): number | undefined {
    const { places } = this.#inOrder;
    let index = this.#next;
    if (this.#compare(places[index], uniqueId) !== 0) index = this.#search(places, uniqueId);
    const place = places[index];
    if (this.#compare(place, uniqueId) !== 0) return undefined;
    this.#next = index + 1;
    return place;
  }

  /** Whether each message has one, and no two have the same. */
  get areUnique(): boolean {
    return this.#inOrder.places.length === this.#ends.length;
  }

  /** Whether another message has the same. */
  isRepeated(place: number): boolean {
    return this.#inOrder.repeated.has(place);
  }

  // The first that is not before it.
  #search(places: Uint32Array, uniqueId: string): number {
    let low = 0;
    for (let high = places.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (this.#compare(places[middle], uniqueId) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  get #inOrder(): Sorted {
    this.#sorted ??= this.#sort();
    return this.#sorted;
  }

  #sort(): Sorted {
    const all = new Uint32Array(this.#ends.length).map((_, place) => place);
    const places = all.filter((place) => this.has(place));
    // Many servers tell them in their order.
    if (!this.#areAscending(places)) places.sort((one, other) => this.#compareBoth(one, other));
    const repeated = new Set<number>();
    for (let index = 1; index < places.length; index++) {
      const [one = 0, other = 0] = [places[index - 1], places[index]];
      if (this.#compareBoth(one, other) === 0) repeated.add(one).add(other);
    }
    return {
      places: repeated.size === 0 ? places : places.filter((place) => !repeated.has(place)),
      repeated,
    };
  }

  #areAscending(places: Uint32Array): boolean {
    return places.every(
      (place, index) => index === 0 || this.#compareBoth(places[index - 1] ?? 0, place) <= 0,
    );
  }

  #compareBoth(one: number, other: number): number {
    const codes = this.#codes;
    const [start, otherStart] = [this.#startOf(one), this.#startOf(other)];
    const [length, otherLength] = [this.#ends.at(one) - start, this.#ends.at(other) - otherStart];
    const shorter = Math.min(length, otherLength);
    for (let index = 0; index < shorter; index++) {
      const difference = (codes[start + index] ?? 0) - (codes[otherStart + index] ?? 0);
      if (difference !== 0) return difference;
    }
    return length - otherLength;
  }

  #compare(place: number | undefined, uniqueId: string): number {
    if (place === undefined) return -1;
    const codes = this.#codes;
    const start = this.#startOf(place);
    const length = this.#ends.at(place) - start;
    const shorter = Math.min(length, uniqueId.length);
    for (let index = 0; index < shorter; index++) {
      const difference = (codes[start + index] ?? 0) - uniqueId.charCodeAt(index);
      if (difference !== 0) return difference;
    }
    return length - uniqueId.length;
  }

  #codesAt(place: number): Uint16Array {
    return this.#codes.subarray(this.#startOf(place), this.#ends.at(place));
  }

  #startOf(place: number): number {
    return place === 0 ? 0 : this.#ends.at(place - 1);
  }
}

interface Sorted {
  /** Of unique-ids that one message has, in the order of the unique-ids. */
  readonly places: Uint32Array;
  readonly repeated: ReadonlySet<number>;
}

function textOf(codes: Uint16Array): string {
  let text = '';
  for (let start = 0; start < codes.length; start += 8192) {
    const part = codes.length <= 8192 ? codes : codes.subarray(start, start + 8192);
    const piece: string = Reflect.apply(String.fromCharCode, undefined, part);
    text += piece;
  }
  return text;
}

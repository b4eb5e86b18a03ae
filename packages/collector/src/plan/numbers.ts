/** Numbers in one piece of memory beside the heap. What an array leaves behind on the heap while it grows is collected late, and makes the heap grow. */
export class Numbers implements Iterable<number> {
  #values = new Float64Array(256);
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds one at the end. */
  add(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** The one at this place; NaN where there is none. */
  at(place: number): number {
    return (place < this.#length ? this.#values[place] : undefined) ?? Number.NaN;
  }

  /** All of them, in the order in which they were added. */
  *[Symbol.iterator](): Generator<number, void, undefined> {
    for (let place = 0; place < this.#length; place++) yield this.at(place);
  }

  /** These and others, in ascending order. */
  sortedWith(others: Numbers): Float64Array {
    const all = new Float64Array(this.#length + others.#length);
    all.set(this.#values.subarray(0, this.#length));
    all.set(others.#values.subarray(0, others.#length), this.#length);
    return all.sort();
  }
}

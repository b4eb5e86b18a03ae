/**
 * First in, first out, at the same small cost however long it is: `Array.shift` moves all that is left, which takes seconds where a
 * hundred thousand wait. @internal
 */
export class Queue<T extends object> {
  #items: (T | undefined)[] = [];
  // What stands before it was taken.
  #head = 0;

  /** How many are waiting. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The next to be taken. */
  get first(): T | undefined {
    return this.#items[this.#head];
  }

  /** The one that came last; undefined where none is waiting. */
  get last(): T | undefined {
    return this.#items.at(-1);
  }

  /** Adds one at the end. */
  push(item: T): void {
    this.#items.push(item);
  }

  /** Takes the one that came first; undefined where none is waiting. */
  shift(): T | undefined {
    const item = this.first;
    if (item === undefined) return undefined;
    // Not to be kept alive from here.
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
    } else if (this.#head >= 256 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }

  /** Takes out one item, wherever it stands; false where it is not there. */
  remove(item: T): boolean {
    const place = this.#items.indexOf(item, this.#head);
    if (place < 0) return false;
    this.#items.splice(place, 1);
    return true;
  }

  /** Takes out everything. */
  drain(): T[] {
    const items = this.#items.filter((item) => item !== undefined);
    this.#items = [];
    this.#head = 0;
    return items;
  }
}

import { Queue } from './queue.ts';

/** Received chunks, consumed from the front. Nothing is copied. */
export class Input {
  /** The chunk being read; undefined where all was consumed. */
  chunk: Uint8Array | undefined;
  /** The next octet's place in `chunk`; always inside it. */
  position = 0;
  /** The peer will send nothing more. */
  ended = false;
  readonly #waiting = new Queue<Uint8Array>();
  #consumedBefore = 0;

  /** How many octets of this connection have been consumed. */
  get consumed(): number {
    return this.#consumedBefore + this.position;
  }

  /** The next octet; undefined where all was consumed. */
  get first(): number | undefined {
    return this.chunk?.[this.position];
  }

  push(octets: Uint8Array): void {
    if (octets.length === 0) return;
    if (this.chunk === undefined) this.chunk = octets;
    else this.#waiting.push(octets);
  }

  /** Marks octets of the current chunk as consumed: never more than are left in it. */
  advance(count: number): void {
    this.position += count;
    const chunk = this.chunk;
    if (chunk !== undefined && this.position >= chunk.length) {
      this.#consumedBefore += chunk.length;
      this.position = 0;
      this.chunk = this.#waiting.shift();
    }
  }

  /** Consumes everything. */
  discard(): void {
    while (this.chunk !== undefined) this.advance(this.chunk.length - this.position);
  }
}

import type { Input } from './input.ts';
import { CR, LF } from './octet.ts';

/** One line, without its end. */
export interface Line {
  /** A view on the received chunk where the line lay in one; otherwise a copy. Valid until the next line is read. */
  readonly octets: Uint8Array;
  /** The line ended in LF with no CR before it. */
  readonly bareLineFeed: boolean;
}

/** Cuts lines out of the input. What came before a chunk's end is kept and never searched again. */
export class LineReader {
  /** How many octets of the connection came before the line that was read last, or that is unfinished. */
  start = 0;
  #kept: Uint8Array = new Uint8Array(0);
  #length = 0;

  /** Octets of an unfinished line are held. */
  get pending(): boolean {
    return this.#length > 0;
  }

  /** The first octets of the unfinished line, for error messages. */
  get excerpt(): Uint8Array {
    return this.#kept.subarray(0, Math.min(this.#length, 160));
  }

  /**
   * The next line, or undefined where its end has not come yet.
   *
   * @param maximum - most octets before the line's end; `exceeded` makes the error for a longer one.
   */
  next(input: Input, maximum: number, exceeded: () => Error): Line | undefined {
    for (;;) {
      const { chunk, position } = input;
      if (chunk === undefined) return undefined;
      if (this.#length === 0) this.start = input.consumed;
      const end = chunk.indexOf(LF, position);
      const part = chunk.subarray(position, end < 0 ? chunk.length : end);
      // One octet more may be the CR of the line's end.
      if (this.#length + part.length > maximum + 1) throw exceeded();
      if (end < 0) {
        this.#keep(part);
        input.advance(part.length);
        continue;
      }
      let octets = part;
      if (this.#length > 0) {
        this.#keep(part);
        octets = this.#kept.subarray(0, this.#length);
        this.#length = 0;
      }
      const bareLineFeed = octets[octets.length - 1] !== CR;
      if (!bareLineFeed) octets = octets.subarray(0, octets.length - 1);
      if (octets.length > maximum) throw exceeded();
      input.advance(part.length + 1);
      return { octets, bareLineFeed };
    }
  }

  /** Forgets an unfinished line. */
  discard(): void {
    this.#length = 0;
  }

  #keep(part: Uint8Array): void {
    const needed = this.#length + part.length;
    if (needed > this.#kept.length) {
      const larger = new Uint8Array(Math.max(needed, this.#kept.length * 2, 128));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(part, this.#length);
    this.#length = needed;
  }
}

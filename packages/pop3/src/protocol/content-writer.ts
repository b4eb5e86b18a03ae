import { CR, DOT, LF } from './octet.ts';
import type { OctetSearch } from './search.ts';

const crlfDot = new Uint8Array([CR, LF, DOT]);
const dot: Uint8Array = new Uint8Array([DOT]);
const terminator: Uint8Array = new Uint8Array([DOT, CR, LF]);
const lineEndAndTerminator: Uint8Array = new Uint8Array([CR, LF, DOT, CR, LF]);

/** Writes the content of a multi-line response: byte-stuffing and terminator (RFC 1939 section 3). */
export class ContentWriter {
  readonly #search: OctetSearch;
  #atLineStart = true;
  #afterCr = false;

  constructor(search: OctetSearch) {
    this.#search = search;
  }

  begin(): void {
    this.#atLineStart = true;
    this.#afterCr = false;
  }

  /** The octets to send for a piece of content: views on it, and the dots between them. */
  stuff(octets: Uint8Array): Uint8Array[] {
    const length = octets.length;
    if (length === 0) return [];
    const pieces: Uint8Array[] = [];
    let start = 0;
    if (this.#atLineStart && octets[0] === DOT) {
      pieces.push(dot);
    } else if (this.#afterCr && octets[0] === LF && octets[1] === DOT) {
      pieces.push(octets.subarray(0, 1), dot);
      start = 1;
    }
    let found = this.#search(octets, crlfDot, start);
    while (found >= 0) {
      pieces.push(octets.subarray(start, found + 2), dot);
      start = found + 2;
      found = this.#search(octets, crlfDot, start);
    }
    pieces.push(start === 0 ? octets : octets.subarray(start));
    const previousCr = length > 1 ? octets[length - 2] === CR : this.#afterCr;
    this.#atLineStart = octets[length - 1] === LF && previousCr;
    this.#afterCr = octets[length - 1] === CR;
    return pieces;
  }

  /** The terminator, after a CRLF where the content did not end in one. */
  end(): Uint8Array {
    return this.#atLineStart ? terminator : lineEndAndTerminator;
  }
}

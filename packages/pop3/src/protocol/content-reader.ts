import type { Input } from './input.ts';
import { CR, DOT, LF } from './octet.ts';
import type { OctetSearch } from './search.ts';

// What stood at the end of the octets read so far. Where a chunk ends in the middle of CRLF.CRLF, this is all that is kept.
const IN_LINE = 0;
const AFTER_CR = 1;
const LINE_START = 2;
const AFTER_DOT = 3;
const AFTER_DOT_CR = 4;

const crlfDot = new Uint8Array([CR, LF, DOT]);
const lfDot = new Uint8Array([LF, DOT]);

/** Given by {@link ContentReader.next} when the terminator was read. */
export const END_OF_CONTENT: unique symbol = Symbol('end of content');

/**
 * Reads the content of a multi-line response (RFC 1939 section 3): undoes byte-stuffing and stops at the terminator, and only
 * there. Content comes out as views on the received chunks, cut where a stuffing dot is left out.
 */
export class ContentReader {
  readonly #search: OctetSearch;
  #bareLineFeed = false;
  #state = LINE_START;

  constructor(search: OctetSearch) {
    this.#search = search;
  }

  /** Begins a new content. With `bareLineFeed`, LF alone ends a line as well. */
  begin(bareLineFeed: boolean): void {
    this.#bareLineFeed = bareLineFeed;
    this.#state = LINE_START;
  }

  /** The next view, END_OF_CONTENT, or undefined where more octets are needed. */
  next(input: Input): Uint8Array | typeof END_OF_CONTENT | undefined {
    for (;;) {
      const { chunk, position } = input;
      if (chunk === undefined) return undefined;
      const octet = chunk[position];
      switch (this.#state) {
        case LINE_START:
          if (octet !== DOT) return this.#run(input, chunk, position);
          this.#state = AFTER_DOT;
          input.advance(1);
          break;
        case AFTER_DOT:
          if (octet === CR) {
            this.#state = AFTER_DOT_CR;
            input.advance(1);
            break;
          }
          if (octet === LF && this.#bareLineFeed) {
            input.advance(1);
            return END_OF_CONTENT;
          }
          // Any other line that begins with a dot: the dot was stuffed, and is left out.
          return this.#run(input, chunk, position);
        case AFTER_DOT_CR:
          if (octet === LF) {
            input.advance(1);
            return END_OF_CONTENT;
          }
          // The line only looked like the terminator. Its dot is left out, its CR is content.
          this.#state = IN_LINE;
          return new Uint8Array([CR]);
        case AFTER_CR: {
          // A CRLF that lay in two chunks: the search below would not see its CR.
          const split = octet === LF && (position + 1 === chunk.length || chunk[position + 1] === DOT);
          if (split) return this.#cut(input, chunk, position, position + 1, LINE_START);
          return this.#run(input, chunk, position);
        }
        default:
          return this.#run(input, chunk, position);
      }
    }
  }

  /** Content from here to the next line that begins with a dot, or to the chunk's end. */
  #run(input: Input, chunk: Uint8Array, start: number): Uint8Array {
    const needle = this.#bareLineFeed ? lfDot : crlfDot;
    const found = this.#search(chunk, needle, start);
    if (found >= 0) return this.#cut(input, chunk, start, found + needle.length - 1, LINE_START);
    const last = chunk.length - 1;
    let state = IN_LINE;
    if (chunk[last] === LF) {
      if (this.#bareLineFeed || (last > start && chunk[last - 1] === CR)) state = LINE_START;
    } else if (chunk[last] === CR && !this.#bareLineFeed) {
      state = AFTER_CR;
    }
    return this.#cut(input, chunk, start, chunk.length, state);
  }

  #cut(input: Input, chunk: Uint8Array, start: number, end: number, state: number): Uint8Array {
    this.#state = state;
    const view = start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end);
    input.advance(end - start);
    return view;
  }
}

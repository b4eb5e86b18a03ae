import { type Command, describeCommand } from './command.ts';
import type { Input } from './input.ts';
import { type Limits, limitExceeded } from './limit.ts';
import type { Line, LineReader } from './line-reader.ts';
import { DOT } from './octet.ts';
import { decodeLatin1, decodeText } from './text.ts';

/** Given by {@link MultiLineReader.next} when the terminator was read. */
export const END_OF_LINES: unique symbol = Symbol('end of lines');

/** A line of a multi-line response: byte-stuffing undone, without its end. */
export interface NumberedLine {
  /** 1 for the first line. */
  readonly lineNumber: number;
  readonly text: string;
}

/** Reads the multi-line responses that are no messages (LIST, UIDL, CAPA, LANG), line by line, each within its bounds. */
export class MultiLineReader {
  readonly #lines: LineReader;
  readonly #limits: Limits;
  readonly #check: (line: Line, command: Command) => void;
  #lineNumber = 0;
  #octets = 0;

  /** @param check - throws where a line is not to be tolerated. */
  constructor(lines: LineReader, limits: Limits, check: (line: Line, command: Command) => void) {
    this.#lines = lines;
    this.#limits = limits;
    this.#check = check;
  }

  /** Begins a new response. */
  begin(): void {
    this.#lineNumber = 0;
    this.#octets = 0;
  }

  /** The next line, END_OF_LINES, or undefined where more octets are needed. */
  next(input: Input, command: Command): NumberedLine | typeof END_OF_LINES | undefined {
    const isListing = command.keyword === 'LIST' || command.keyword === 'UIDL';
    const limit = isListing ? 'listingLineOctets' : 'capabilityOctets';
    for (;;) {
      const line = this.#lines.next(input, this.#limits[limit], () => this.#exceeded(limit, command));
      if (line === undefined) return undefined;
      this.#check(line, command);
      let { octets } = line;
      if (octets[0] === DOT) {
        if (octets.length === 1) return END_OF_LINES;
        octets = octets.subarray(1);
      }
      this.#count(octets.length + 2, isListing, command);
      if (octets.length === 0 && command.keyword === 'CAPA') continue;
      const text = isListing ? decodeLatin1(octets) : decodeText(octets);
      return { lineNumber: this.#lineNumber, text };
    }
  }

  #count(octets: number, isListing: boolean, command: Command): void {
    const limit = isListing ? 'listingLines' : 'capabilityLines';
    this.#lineNumber++;
    this.#octets += octets;
    if (this.#lineNumber > this.#limits[limit]) throw this.#exceeded(limit, command);
    if (!isListing && this.#octets > this.#limits.capabilityOctets) {
      throw this.#exceeded('capabilityOctets', command);
    }
  }

  #exceeded(limit: keyof Limits, command: Command): Error {
    return limitExceeded(limit, this.#limits[limit], { command: describeCommand(command) });
  }
}

const LF = 0x0a;
const GREATER = 0x3e;
const from = Buffer.from('From ');
const nothing = Buffer.alloc(0);

/**
 * Quotes lines for an mbox file, piece by piece (mboxrd): one that begins with `From `, or with that behind `>`s, gets one more `>`. It holds back four
 * octets at most, since a `>` may be added anywhere among others.
 */
export class FromLineQuoter {
  // Nothing but `>`s came since the last line began.
  #atStart = true;
  #held: Buffer = nothing;

  /** The quoted octets, except for what may still become a `From `. */
  quote(octets: Uint8Array): Uint8Array {
    if (octets.length === 0) return octets;
    const input =
      this.#held.length > 0
        ? Buffer.concat([this.#held, octets])
        : Buffer.from(octets.buffer, octets.byteOffset, octets.length);
    const output = input.includes(from) ? this.#quoteLines(input) : input;
    this.#take(input);
    return output.subarray(0, output.length - this.#held.length);
  }

  /** What was held back at the end of the message. */
  end(): Uint8Array {
    const held = this.#held;
    this.#held = nothing;
    this.#atStart = true;
    return held;
  }

  #quoteLines(input: Buffer): Buffer {
    const text = input.toString('latin1').replace(/\n(>*From )/g, '\n>$1');
    return Buffer.from(this.#atStart ? text.replace(/^(>*From )/, '>$1') : text, 'latin1');
  }

  // Remembers how the input's last line has begun.
  #take(input: Buffer): void {
    let position = input.lastIndexOf(LF) + 1;
    const atStart = position > 0 || this.#atStart;
    while (input[position] === GREATER) position++;
    const rest = input.length - position;
    this.#atStart =
      atStart && rest < from.length && from.compare(input, position, input.length, 0, rest) === 0;
    this.#held = this.#atStart && rest > 0 ? Buffer.from(input.subarray(position)) : nothing;
  }
}

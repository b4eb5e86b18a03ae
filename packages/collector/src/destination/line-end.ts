const CR = 0x0d;
const LF = 0x0a;
// One for all messages: a buffer for each would cost more than the conversion.
let scratch: Buffer = Buffer.allocUnsafe(65_536);
const lonelyCr = Buffer.from('\r');

/**
 * Turns CRLF into LF, piece by piece, and leaves everything else alone: bare CR, bare LF, NUL, 8-bit octets. This is the one change that
 * Maildir and mbox make to a message.
 */
export class LineEndConverter {
  #heldCr = false;

  /** The converted octets. They are valid until the next call, also one of another converter. */
  convert(octets: Uint8Array): Uint8Array {
    let input = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
    if (input.length === 0) return input;
    const before = this.#heldCr && input[0] !== LF;
    this.#heldCr = input[input.length - 1] === CR;
    if (this.#heldCr) input = input.subarray(0, -1);
    if (!before && !input.includes(CR)) return input;
    if (scratch.length < input.length + 1) scratch = Buffer.allocUnsafe(input.length + 1);
    const start = before ? scratch.write('\r', 'latin1') : 0;
    // The engine's own string routines are several times faster than any loop over lines.
    const text = input.toString('latin1').split('\r\n').join('\n');
    return scratch.subarray(0, start + scratch.write(text, start, 'latin1'));
  }

  /** What was held back at the end of the message. */
  end(): Uint8Array {
    const held = this.#heldCr;
    this.#heldCr = false;
    return held ? lonelyCr : lonelyCr.subarray(0, 0);
  }
}

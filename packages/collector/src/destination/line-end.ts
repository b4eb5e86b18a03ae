import { lineEndCode } from './line-end-code.ts';

const CR = 0x0d;
const nothing = new Uint8Array(0);

/** Copies what stands in `input` to `output`, with LF for each CRLF. */
export interface LineEndEngine {
  readonly input: Uint8Array;
  readonly output: Uint8Array;
  /** Gives how many octets were copied of so many. The last of them is not a CR. */
  convert(length: number): number;
}

// The part of WebAssembly's interface that is used: the compiler knows it only for browsers.
declare const WebAssembly:
  | {
      readonly Module: new (code: Uint8Array) => object;
      readonly Instance: new (
        module: object,
      ) => {
        readonly exports: {
          readonly memory: { readonly buffer: ArrayBuffer };
          readonly convert: (from: number, end: number, to: number) => number;
        };
      };
    }
  | undefined;

const half = 524_288;

/** Sixteen octets at a time: ten times faster than what the language itself has. Undefined where the platform cannot do it. */
export function vectorEngine(): LineEndEngine | undefined {
  if (typeof WebAssembly === 'undefined') return undefined;
  try {
    const module = new WebAssembly.Module(Buffer.from(lineEndCode, 'base64'));
    const { memory, convert } = new WebAssembly.Instance(module).exports;
    return {
      input: new Uint8Array(memory.buffer, 0, half),
      output: new Uint8Array(memory.buffer, half, half),
      convert: (length) => convert(0, length, half) - half,
    };
  } catch {
    // A processor without these instructions.
    return undefined;
  }
}

/** The same with the language's own string routines. */
export function textEngine(): LineEndEngine {
  const input = Buffer.allocUnsafe(65_536);
  const output = Buffer.allocUnsafe(65_536);
  return {
    input,
    output,
    convert: (length) => output.write(input.toString('latin1', 0, length).split('\r\n').join('\n'), 'latin1'),
  };
}

let shared: LineEndEngine | undefined;

/**
 * Turns CRLF into LF, piece by piece, and leaves everything else alone: bare CR, bare LF, NUL, 8-bit octets. This is the one change that
 * Maildir and mbox make to a message.
 */
export class LineEndConverter {
  readonly #engine: LineEndEngine;
  #heldCr = false;

  constructor(engine?: LineEndEngine) {
    shared ??= vectorEngine() ?? textEngine();
    this.#engine = engine ?? shared;
  }

  /**
   * The converted octets, gathered into as few pieces as possible. Each is valid until the next one is asked for, here or of another
   * converter: all of them share one memory.
   */
  *convert(pieces: Iterable<Uint8Array>): Generator<Uint8Array, void, undefined> {
    const { input } = this.#engine;
    let length = this.#release();
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; ) {
        const room = input.length - length;
        const part = at === 0 && piece.length <= room ? piece : piece.subarray(at, at + room);
        input.set(part, length);
        length += part.length;
        at += part.length;
        if (length < input.length) continue;
        yield this.#convert(length);
        length = this.#release();
      }
    }
    const rest = this.#convert(length);
    if (rest.length > 0) yield rest;
  }

  /** What was held back at the end of the message. */
  end(): Uint8Array {
    const held = this.#heldCr;
    this.#heldCr = false;
    return held ? Uint8Array.of(CR) : nothing;
  }

  // A CR that was the last octet so far: only what follows tells what becomes of it.
  #release(): number {
    if (!this.#heldCr) return 0;
    this.#engine.input[0] = CR;
    return 1;
  }

  #convert(length: number): Uint8Array {
    const { input, output } = this.#engine;
    this.#heldCr = length > 0 && input[length - 1] === CR;
    return output.subarray(0, this.#engine.convert(this.#heldCr ? length - 1 : length));
  }
}

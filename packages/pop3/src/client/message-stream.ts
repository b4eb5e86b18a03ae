import { concatenate, LimitError, LocalProtocolError, memoryOf, Queue } from '../protocol/index.ts';

const highWaterMark = 256 * 1024;

/**
 * A message as it arrives: an async iterable of octets, exactly as they stand in the maildrop, byte-stuffing undone.
 *
 * The command is sent at once. At most about 256 KB are held for a reader that is slower than the server; then the connection
 * waits, and with it every command behind this one, for as long as `timeouts.reader` says. So streams of several messages are to be read in
 * the order in which they were asked for, and `discard` is to be called on one that is not wanted any more. Leaving the loop early
 * does that by itself. It can be read once.
 */
export class MessageStream implements AsyncIterable<Uint8Array> {
  readonly #chunks = new Queue<Uint8Array>();
  #held = 0;
  #state: 'open' | 'ended' | 'discarded' = 'open';
  #failure: { readonly error: unknown } | undefined;
  #reader: (() => void) | undefined;
  #resume: (() => void) | undefined;
  #reading: object | undefined;

  /**
   * The pieces, in order. It ends where the message's terminator was seen, and nowhere else.
   *
   * @throws CommandRejectedError where the server refused; what ended the session; LocalProtocolError where the rest was discarded.
   */
  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, undefined, undefined> {
    const pieces = this.#pieces();
    const next = pieces.next.bind(pieces);
    const leave = pieces.return.bind(pieces);
    const raise = pieces.throw.bind(pieces);
    // Who begins to read has it. Asking for an iterator is no reading yet: Node's `pipeline` asks twice, and uses one.
    const has = (): boolean => {
      this.#reading ??= pieces;
      return this.#reading === pieces;
    };
    pieces.next = async () => {
      if (!has()) throw new TypeError('a message stream can be read once only');
      return next();
    };
    // Before the generator, which would end without a word where it has not begun, and would go on waiting where it waits.
    pieces.return = (value) => {
      if (has()) this.discard();
      return leave(value);
    };
    pieces.throw = (error) => {
      if (has()) this.discard();
      return raise(error);
    };
    return pieces;
  }

  /** The same as a web stream. Cancelling it passes over the rest of the message. */
  get readable(): ReadableStream<Uint8Array> {
    const iterator = this[Symbol.asyncIterator]();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { done, value } = await iterator.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        cancel: async () => {
          await iterator.return(undefined);
        },
      },
      { highWaterMark: 0 },
    );
  }

  /**
   * The whole message in memory.
   *
   * @throws LimitError where it is longer than `maximum` octets. The rest is passed over then, and the session goes on.
   */
  async bytes({
    maximum = Number.POSITIVE_INFINITY,
  }: {
    readonly maximum?: number | undefined;
  } = {}): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const octets of this) {
      length += octets.length;
      // A maximum that is no number must not be none.
      if (!(length <= maximum)) {
        throw new LimitError(
          `the message is longer than ${maximum} octets`,
          { limit: 'maximum', maximum, fatal: false },
          { hint: 'Read it piece by piece, or raise the maximum.' },
        );
      }
      parts.push(octets);
    }
    return concatenate(parts);
  }

  /** Passes over what is left of the message. */
  discard(): void {
    if (this.#state === 'open' || this.#chunks.length > 0) this.#state = 'discarded';
    this.#chunks.drain();
    this.#held = 0;
    this.#release();
    this.#wake();
  }

  /** Takes octets from the session. A promise asks it to wait. @internal */
  push(octets: Uint8Array): void | Promise<void> {
    if (this.#state === 'discarded') return;
    this.#chunks.push(octets);
    this.#held += memoryOf(octets);
    this.#wake();
    if (this.#held < highWaterMark) return;
    return new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  /** The terminator was seen. @internal */
  end(): void {
    if (this.#state === 'open') this.#state = 'ended';
    this.#wake();
  }

  /** The message cannot be had, or not the whole of it. @internal */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#release();
    this.#wake();
  }

  async *#pieces(): AsyncGenerator<Uint8Array, undefined, undefined> {
    for (;;) {
      const octets = this.#chunks.shift();
      if (octets !== undefined) {
        yield octets;
        // Only now is there room: what was given out is still in the reader's hands.
        this.#held -= memoryOf(octets);
        if (this.#held < highWaterMark / 2) this.#release();
      } else if (this.#failure !== undefined) {
        throw this.#failure.error;
      } else if (this.#state === 'ended') {
        return undefined;
      } else if (this.#state === 'discarded') {
        // Not an end: what was read would be taken for the whole message.
        throw new LocalProtocolError('the rest of the message was discarded');
      } else {
        await new Promise<void>((resolve) => {
          this.#reader = resolve;
        });
      }
    }
  }

  #wake(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.();
  }

  #release(): void {
    const resume = this.#resume;
    this.#resume = undefined;
    resume?.();
  }
}

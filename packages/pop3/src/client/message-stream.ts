import { LimitError } from '../protocol/index.ts';

const highWaterMark = 256 * 1024;

/**
 * A message as it arrives: an async iterable of octets, exactly as they stand in the maildrop, byte-stuffing undone.
 *
 * The command is sent at once. At most about 256 KB are held for a reader that is slower than the server; then the connection
 * waits. Streams of several messages are to be read in the order in which they were asked for. Leaving the loop early passes
 * over the rest of the message. It can be read once.
 */
export class MessageStream implements AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #held = 0;
  #state: 'open' | 'ended' | 'discarded' = 'open';
  #failure: { readonly error: unknown } | undefined;
  #reader: (() => void) | undefined;
  #resume: (() => void) | undefined;
  #taken = false;

  /** The pieces, in order. Throws CommandRejectedError where the server refused, or what ended the session. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#taken) throw new TypeError('a message stream can be read once only');
    this.#taken = true;
    try {
      for (;;) {
        const chunks = this.#chunks;
        if (chunks.length > 0) {
          this.#chunks = [];
          for (const chunk of chunks) yield chunk;
          // Only now is there room: what was given out is still in the reader's hands.
          this.#held = 0;
          this.#release();
        } else if (this.#failure !== undefined) {
          throw this.#failure.error;
        } else if (this.#state !== 'open') {
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#reader = resolve;
          });
        }
      }
    } finally {
      this.discard();
    }
  }

  /** The same as a web stream. */
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
          await iterator.return();
          this.discard();
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
  async bytes({ maximum = Number.POSITIVE_INFINITY }: { maximum?: number } = {}): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const octets of this) {
      length += octets.length;
      if (length > maximum) {
        throw new LimitError(
          `the message is longer than ${maximum} octets`,
          { limit: 'maximum', maximum, fatal: false },
          { hint: 'Read it piece by piece, or raise the maximum.' },
        );
      }
      parts.push(octets);
    }
    const whole = new Uint8Array(length);
    let position = 0;
    for (const part of parts) {
      whole.set(part, position);
      position += part.length;
    }
    return whole;
  }

  /** Passes over what is left of the message. */
  discard(): void {
    if (this.#state === 'open') this.#state = 'discarded';
    this.#chunks = [];
    this.#held = 0;
    this.#release();
  }

  /** Takes octets from the session. A promise asks it to wait. @internal */
  push(octets: Uint8Array): void | Promise<void> {
    if (this.#state === 'discarded') return;
    this.#chunks.push(octets);
    this.#held += octets.length;
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

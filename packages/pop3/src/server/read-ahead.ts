import type { MaildropMessage } from './maildrop.ts';

// How many messages are read in advance, and how large they may be.
const messagesAhead = 16;
const largestAhead = 65_536;

/** How one message's content is read. */
export type ReadMessage = (message: MaildropMessage) => AsyncIterable<Uint8Array>;

/**
 * Reads the next few small messages while one is being sent, as soon as a client takes one after the other: opening files one by one is what
 * sending many small messages would spend its time on. It holds at most about 1 MB.
 */
export class ReadAhead {
  readonly #messages: readonly MaildropMessage[];
  readonly #read: ReadMessage;
  readonly #ahead = new Map<number, Promise<readonly Uint8Array[] | undefined>>();
  #last = -2;

  constructor(messages: readonly MaildropMessage[], read: ReadMessage) {
    this.#messages = messages;
    this.#read = read;
  }

  /** The content of the message with this index. */
  async *read(index: number): AsyncGenerator<Uint8Array, void> {
    const message = this.#messages[index];
    if (message === undefined) return;
    const ready = this.#ahead.get(index);
    if (index === this.#last + 1) this.#begin(index + 1);
    else if (index !== this.#last) this.#ahead.clear();
    this.#last = index;
    const pieces = await ready;
    this.#ahead.delete(index);
    // What could not be read in advance is tried again, and fails where it must.
    yield* pieces ?? this.#read(message);
  }

  /** Forgets what was read. */
  clear(): void {
    this.#ahead.clear();
  }

  #begin(from: number): void {
    for (const index of this.#ahead.keys()) if (index < from - 1) this.#ahead.delete(index);
    const to = Math.min(from + messagesAhead, this.#messages.length);
    for (let index = from; index < to; index++) {
      const message = this.#messages[index];
      if (message === undefined || message.octets > largestAhead || this.#ahead.has(index)) continue;
      this.#ahead.set(
        index,
        collect(this.#read(message)).catch(() => undefined),
      );
    }
  }
}

// Undefined: it is larger than it was said to be.
async function collect(pieces: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[] | undefined> {
  const collected: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of pieces) {
    octets += piece.length;
    if (octets > largestAhead) return undefined;
    collected.push(piece);
  }
  return collected;
}

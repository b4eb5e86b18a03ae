import type { MaildropMessage, OpenMaildrop } from './maildrop.ts';

/** A maildrop in the TRANSACTION state: its message-numbers, and what is marked as deleted. Nothing is removed before `commit`. */
export class Transaction {
  readonly user: string;
  readonly #maildrop: OpenMaildrop;
  readonly #release: () => void;
  readonly #deleted = new Set<number>();
  #octets: number;
  #closed = false;

  /** `release` is called once, when the maildrop is not needed any more. */
  constructor(user: string, maildrop: OpenMaildrop, release: () => void) {
    this.user = user;
    this.#maildrop = maildrop;
    this.#release = release;
    this.#octets = totalOctets(maildrop);
  }

  /** How many messages are not marked. */
  get count(): number {
    return this.#maildrop.messages.length - this.#deleted.size;
  }

  /** How many octets the messages have that are not marked. */
  get octets(): number {
    return this.#octets;
  }

  get writable(): boolean {
    return this.#maildrop.writable !== false;
  }

  /** The message of a number, or undefined where there is none, or it is marked. */
  message(messageNumber: number): MaildropMessage | undefined {
    return this.#deleted.has(messageNumber) ? undefined : this.#maildrop.messages[messageNumber - 1];
  }

  /** The messages that are not marked, with their numbers. */
  *remaining(): Generator<readonly [messageNumber: number, message: MaildropMessage], void> {
    const { messages } = this.#maildrop;
    for (let index = 0; index < messages.length; index++) {
      const message = messages[index];
      if (message !== undefined && !this.#deleted.has(index + 1)) yield [index + 1, message];
    }
  }

  /** Marks a message as deleted; false where there is none of this number, or it is marked already. */
  mark(messageNumber: number): boolean {
    const message = this.message(messageNumber);
    if (message === undefined) return false;
    this.#deleted.add(messageNumber);
    this.#octets -= message.octets;
    return true;
  }

  /** Takes all marks back. */
  reset(): void {
    this.#deleted.clear();
    this.#octets = totalOctets(this.#maildrop);
  }

  /** Removes what is marked, and gives the number of messages. Rejects where some could not be removed. */
  async commit(): Promise<number> {
    const { messages } = this.#maildrop;
    const marked = messages.filter((_, index) => this.#deleted.has(index + 1));
    if (marked.length > 0) await this.#maildrop.remove(marked);
    return marked.length;
  }

  /** Gives the lock back. Calling it again does nothing. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#maildrop.close();
    } finally {
      this.#release();
    }
  }
}

function totalOctets({ messages }: OpenMaildrop): number {
  return messages.reduce((sum, { octets }) => sum + octets, 0);
}

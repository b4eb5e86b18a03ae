import { encodeText } from '../protocol/index.ts';
import { type Maildrop, MaildropInUseError, type MaildropMessage, type OpenMaildrop } from './maildrop.ts';

interface StoredMessage extends MaildropMessage {
  readonly content: Uint8Array;
}

/** A maildrop that lives in memory: for tests and demonstrations. */
export class MemoryMaildrop implements Maildrop {
  #messages: StoredMessage[] = [];
  #next = 1;
  #open = false;

  /** @param messages - what {@link MemoryMaildrop.add} takes. */
  constructor(messages: Iterable<string | Uint8Array> = []) {
    for (const message of messages) this.add(message);
  }

  /**
   * Adds a message, which the next session will see, and gives its unique-id. A string is encoded as UTF-8 and gets CRLF at the end of its
   * lines; octets are taken as they are.
   */
  add(message: string | Uint8Array, options: { readonly uniqueId?: string | undefined } = {}): string {
    const content =
      typeof message === 'string' ? encodeText(message.replace(/\r?\n/g, '\r\n')) : message.slice();
    const uniqueId = options.uniqueId ?? `memory-${this.#next}`;
    this.#next++;
    this.#messages.push({ uniqueId, content, octets: content.length, read: () => [content] });
    return uniqueId;
  }

  /** What is in it now, oldest first. */
  get messages(): readonly { readonly uniqueId: string; readonly content: Uint8Array }[] {
    return this.#messages;
  }

  async open(): Promise<OpenMaildrop> {
    if (this.#open) throw new MaildropInUseError('another session has the maildrop');
    this.#open = true;
    return {
      messages: [...this.#messages],
      remove: async (removed) => {
        const gone = new Set(removed);
        this.#messages = this.#messages.filter((message) => !gone.has(message));
      },
      close: async () => {
        this.#open = false;
      },
    };
  }
}

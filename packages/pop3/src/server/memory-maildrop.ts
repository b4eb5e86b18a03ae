import { encodeText } from '../protocol/index.ts';
import { type Maildrop, MaildropInUseError, type MaildropMessage, type OpenMaildrop } from './maildrop.ts';

const CR = 0x0d;
const LF = 0x0a;

interface StoredMessage extends MaildropMessage {
  readonly content: Uint8Array;
}

/** How {@link MemoryMaildrop.add} adds a message. */
export interface AddOptions {
  /** Made up where it is not given. */
  readonly uniqueId?: string | undefined;
  /** True: only clients that asked for UTF8 may have it. */
  readonly utf8?: boolean | undefined;
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
  add(message: string | Uint8Array, options: AddOptions = {}): string {
    const content =
      typeof message === 'string' ? encodeText(message.replace(/\r?\n/g, '\r\n')) : new Uint8Array(message);
    const { uniqueId = `memory-${this.#next}`, utf8 } = options;
    this.#next++;
    // The protocol ends an unfinished last line with a CRLF.
    const octets = content.length === 0 || endsInCrlf(content) ? content.length : content.length + 2;
    this.#messages.push({ uniqueId, utf8, content, octets, read: () => [content] });
    return uniqueId;
  }

  /** What is in it now, oldest first. */
  get messages(): readonly { readonly uniqueId: string; readonly content: Uint8Array }[] {
    return this.#messages;
  }

  /** A session has it at the moment. */
  get inUse(): boolean {
    return this.#open;
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

function endsInCrlf(octets: Uint8Array): boolean {
  return octets.at(-1) === LF && octets.at(-2) === CR;
}

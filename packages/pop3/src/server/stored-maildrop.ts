import {
  type Maildrop,
  MaildropInUseError,
  type MaildropMessage,
  MessagesNotRemovedError,
  type OpenMaildrop,
} from './maildrop.ts';
import { inParallel } from './parallel.ts';
import { ReadAhead } from './read-ahead.ts';
import { countStored, type OpenRange, openPlainFile, readStored } from './stored-content.ts';

/** How a maildrop over files may be used. */
export interface StoredMaildropOptions {
  /** Whether clients may delete messages. Where not, DELE gets `[SYS/PERM]`. */
  readonly writable?: boolean | undefined;
}

/** A message in a file. */
export interface StoredMessage {
  readonly uniqueId: string;
  readonly path: string | Buffer;
  /** Its octets as POP3 sends them, where they are known without reading. */
  readonly octets?: number | undefined;
  /** Changes when the file does; undefined for files that never change. */
  readonly stamp?: string | undefined;
}

interface KnownSize {
  readonly octets: number;
  readonly stamp: string | undefined;
}

/** A maildrop over files: what Maildir, mbox and folders of .eml files have in common. One session at a time, within this process. */
export abstract class StoredMaildrop<Message extends StoredMessage> implements Maildrop {
  readonly #writable: boolean;
  #open = false;
  // Sizes cost reading files.
  #sizes = new Map<string, KnownSize>();

  constructor(writable: boolean) {
    this.#writable = writable;
  }

  async open(): Promise<OpenMaildrop> {
    if (this.#open) throw new MaildropInUseError('another session has the maildrop');
    this.#open = true;
    try {
      return await this.#openNow();
    } catch (error) {
      this.#open = false;
      throw error;
    }
  }

  /** The messages, oldest first. */
  protected abstract list(): Promise<readonly Message[]>;

  /** Opens a message's octets. Rejects with ENOENT where it is gone. */
  protected openMessage(message: Message): Promise<OpenRange> {
    return openPlainFile(message.path);
  }

  /** Removes messages for good: as many as possible. Gives those that could not be removed, each with its error. */
  protected abstract remove(messages: readonly Message[]): Promise<readonly (readonly [Message, unknown])[]>;

  async #openNow(): Promise<OpenMaildrop> {
    const stored = await this.list();
    const sizes = await inParallel(stored, (message) => this.#size(message));
    const entries = new Map<MaildropMessage, Message>();
    const known = new Map<string, KnownSize>();
    for (const [index, message] of stored.entries()) {
      const size = sizes[index];
      // It went while it was being listed.
      if (size === undefined) continue;
      const { uniqueId, stamp } = message;
      const place = entries.size;
      // One that cannot be read is listed all the same, so that the client learns of it; the next session may find that it can.
      const octets = size === 'unreadable' ? 0 : size;
      if (size !== 'unreadable') known.set(uniqueId, { octets, stamp });
      entries.set({ uniqueId, octets, read: () => ahead.read(place) }, message);
    }
    this.#sizes = known;
    const messages = [...entries.keys()];
    const ahead = new ReadAhead(messages, (message) => this.#read(entries.get(message)));
    return {
      messages,
      writable: this.#writable,
      remove: (removed) => this.#remove(removed.flatMap((message) => entries.get(message) ?? [])),
      close: async () => {
        ahead.clear();
        this.#open = false;
      },
    };
  }

  async *#read(message: Message | undefined): AsyncGenerator<Uint8Array, void> {
    if (message !== undefined) yield* readStored(await this.openMessage(message));
  }

  async #remove(messages: readonly Message[]): Promise<void> {
    const failed = await this.remove(messages);
    const [first] = failed;
    if (first === undefined) return;
    throw new MessagesNotRemovedError(
      failed.map(([{ uniqueId }]) => uniqueId),
      first[1],
    );
  }

  // Undefined: the message is gone.
  async #size(message: Message): Promise<number | 'unreadable' | undefined> {
    if (message.octets !== undefined) return message.octets;
    const known = this.#sizes.get(message.uniqueId);
    if (known !== undefined && known.stamp === message.stamp) return known.octets;
    try {
      return await countStored(await this.openMessage(message));
    } catch (error) {
      return isMissing(error) ? undefined : 'unreadable';
    }
  }
}

/** Whether a file system's error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

import { type Maildrop, MaildropInUseError, type MaildropMessage, type OpenMaildrop } from './maildrop.ts';
import { countStored, type FileRange, readStored } from './stored-content.ts';

/** A message in a file. */
export interface StoredMessage {
  readonly uniqueId: string;
  readonly range: FileRange;
  /** As POP3 sends it, where it is known without reading. */
  readonly octets?: number | undefined;
}

/** A maildrop over files: what Maildir, mbox and folders of .eml files have in common. One session at a time, within this process. */
export abstract class StoredMaildrop implements Maildrop {
  #open = false;
  // Sizes cost reading a file; they do not change.
  readonly #sizes = new Map<string, number>();

  async open(): Promise<OpenMaildrop> {
    if (this.#open) throw new MaildropInUseError('another session has the maildrop');
    this.#open = true;
    try {
      const stored = await this.list();
      const messages = new Map<MaildropMessage, StoredMessage>();
      for (const one of stored) messages.set(await this.#describe(one), one);
      return {
        messages: [...messages.keys()],
        remove: async (removed) => {
          await this.remove(removed.flatMap((message) => messages.get(message) ?? []));
        },
        close: async () => {
          this.#open = false;
        },
      };
    } catch (error) {
      this.#open = false;
      throw error;
    }
  }

  /** The messages, oldest first. */
  protected abstract list(): Promise<readonly StoredMessage[]>;

  /** Removes messages for good; rejects where some could not be. */
  protected abstract remove(messages: readonly StoredMessage[]): Promise<void>;

  async #describe({ uniqueId, range, octets }: StoredMessage): Promise<MaildropMessage> {
    const known = octets ?? this.#sizes.get(uniqueId) ?? (await countStored(range));
    this.#sizes.set(uniqueId, known);
    return { uniqueId, octets: known, read: () => readStored(range) };
  }
}

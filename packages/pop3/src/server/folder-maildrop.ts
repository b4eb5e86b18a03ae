import { lstat, readdir, unlink } from 'node:fs/promises';
import { MaildropUnusableError } from './maildrop.ts';
import { inParallel } from './parallel.ts';
import {
  isMissing,
  StoredMaildrop,
  type StoredMaildropOptions,
  type StoredMessage,
} from './stored-maildrop.ts';
import { uniqueIdOf } from './unique-id.ts';

/** A folder of `.eml` files as a maildrop, in the order of their names. Links are passed over, and so are folders in it. */
export class FolderMaildrop extends StoredMaildrop<StoredMessage> {
  readonly #path: string;

  /** @param options - not writable by default. */
  constructor(path: string, { writable = false }: StoredMaildropOptions = {}) {
    super(writable);
    this.#path = path;
  }

  protected async list(): Promise<readonly StoredMessage[]> {
    const names = (await this.#names()).sort(Buffer.compare);
    const messages = await inParallel(names, async (name): Promise<StoredMessage[]> => {
      const path = Buffer.concat([Buffer.from(`${this.#path}/`), name]);
      const status = await lstat(path).catch(() => undefined);
      if (status === undefined || !status.isFile()) return [];
      return [{ uniqueId: uniqueIdOf(name), path, stamp: `${status.size} ${status.mtimeMs}` }];
    });
    return messages.flat();
  }

  protected async remove(
    messages: readonly StoredMessage[],
  ): Promise<readonly (readonly [StoredMessage, unknown])[]> {
    const failed: [StoredMessage, unknown][] = [];
    await inParallel(messages, async (message) => {
      await unlink(message.path).catch((error: unknown) => {
        if (!isMissing(error)) failed.push([message, error]);
      });
    });
    return failed;
  }

  // In octets: not every name is UTF-8.
  async #names(): Promise<Buffer[]> {
    try {
      const names = await readdir(this.#path, 'buffer');
      return names.filter((name) => /\.eml$/i.test(name.toString('latin1')));
    } catch (cause) {
      throw new MaildropUnusableError(`${this.#path} is no folder that can be read`, { cause });
    }
  }
}

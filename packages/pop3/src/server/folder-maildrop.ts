import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredMaildropOptions } from './maildir-maildrop.ts';
import { isPlainFile } from './stored-content.ts';
import { StoredMaildrop, type StoredMessage } from './stored-maildrop.ts';
import { uniqueIdOf } from './unique-id.ts';

/** A folder of `.eml` files as a maildrop, in the order of their names. */
export class FolderMaildrop extends StoredMaildrop {
  readonly #path: string;
  readonly #writable: boolean;

  constructor(path: string, { writable = true }: StoredMaildropOptions = {}) {
    super();
    this.#path = path;
    this.#writable = writable;
  }

  protected async list(): Promise<readonly StoredMessage[]> {
    const messages: StoredMessage[] = [];
    for (const file of (await readdir(this.#path)).sort()) {
      const path = join(this.#path, file);
      if (!/\.eml$/i.test(file) || !(await isPlainFile(path))) continue;
      messages.push({ uniqueId: uniqueIdOf(file), range: { path } });
    }
    return messages;
  }

  protected async remove(messages: readonly StoredMessage[]): Promise<void> {
    if (!this.#writable) throw new Error('the maildrop is read-only');
    for (const { range } of messages) await unlink(range.path);
  }
}

import { readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isPlainFile } from './stored-content.ts';
import { StoredMaildrop, type StoredMessage } from './stored-maildrop.ts';
import { uniqueIdOf } from './unique-id.ts';

/** How a maildrop over files may be used. */
export interface StoredMaildropOptions {
  /** False: deletions are refused at QUIT, and nothing changes. True by default. */
  readonly writable?: boolean | undefined;
}

/** A Maildir as a maildrop: everything in `new` and `cur`. Nothing is moved or marked; QUIT removes what was deleted. */
export class MaildirMaildrop extends StoredMaildrop {
  readonly #path: string;
  readonly #writable: boolean;

  constructor(path: string, { writable = true }: StoredMaildropOptions = {}) {
    super();
    this.#path = path;
    this.#writable = writable;
  }

  protected async list(): Promise<readonly StoredMessage[]> {
    const found: { name: string; path: string; size: number | undefined }[] = [];
    for (const folder of ['new', 'cur']) {
      for (const file of await readdir(join(this.#path, folder))) {
        const path = join(this.#path, folder, file);
        if (file.startsWith('.') || !(await isPlainFile(path))) continue;
        // `,W=` is the size with CRLF that some delivery agents put into the name (Maildir++).
        const size = /,W=(\d{1,15})(?=[,:]|$)/.exec(file)?.[1];
        found.push({
          name: file.replace(/:2,.*$/s, ''),
          path,
          size: size === undefined ? undefined : Number(size),
        });
      }
    }
    found.sort((a, b) => (a.name < b.name ? -1 : 1));
    return found.map(({ name, path, size }) => ({
      uniqueId: uniqueIdOf(name),
      range: { path },
      octets: size,
    }));
  }

  protected async remove(messages: readonly StoredMessage[]): Promise<void> {
    if (!this.#writable) throw new Error('the maildrop is read-only');
    for (const { range } of messages) await unlink(range.path);
  }
}

import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { MaildropUnusableError } from './maildrop.ts';
import { inParallel } from './parallel.ts';
import { type OpenRange, openPlainFile } from './stored-content.ts';
import {
  isMissing,
  StoredMaildrop,
  type StoredMaildropOptions,
  type StoredMessage,
} from './stored-maildrop.ts';
import { uniqueIdOf } from './unique-id.ts';

// `cur` first: where a delivery was cut short between its two names, that is the one which stays.
const folders = ['cur', 'new'] as const;

interface MaildirMessage extends StoredMessage {
  /** The part of the file's name that never changes. */
  readonly base: string;
  /** Its files; more than one after a program was cut short between linking and unlinking. */
  readonly paths: string[];
}

/**
 * A Maildir as a maildrop: everything in `new` and `cur`. Nothing is moved or marked; QUIT removes what was deleted, unless it is not writable.
 * Links are passed over. Other programs may set flags meanwhile.
 */
export class MaildirMaildrop extends StoredMaildrop<MaildirMessage> {
  readonly #path: string;

  /** @param options - writable by default. */
  constructor(path: string, { writable = true }: StoredMaildropOptions = {}) {
    super(writable);
    this.#path = path;
  }

  protected async list(): Promise<readonly MaildirMessage[]> {
    const messages = new Map<string, MaildirMessage>();
    for (const [base, path] of await this.#files()) {
      const known = messages.get(base);
      if (known === undefined) {
        messages.set(base, { base, path, paths: [path], uniqueId: uniqueIdOf(base), octets: sizeIn(base) });
      } else {
        known.paths.push(path);
      }
    }
    return [...messages.values()].sort(byDelivery);
  }

  protected override async openMessage({ base, path }: MaildirMessage): Promise<OpenRange> {
    try {
      return await openPlainFile(path);
    } catch (error) {
      const renamed = isMissing(error) ? await this.#find(base) : undefined;
      if (renamed === undefined) throw error;
      return openPlainFile(renamed);
    }
  }

  protected async remove(
    messages: readonly MaildirMessage[],
  ): Promise<readonly (readonly [MaildirMessage, unknown])[]> {
    const failed: [MaildirMessage, unknown][] = [];
    await inParallel(messages, async (message) => {
      try {
        for (const path of message.paths) await this.#unlink(path, message.base);
      } catch (error) {
        failed.push([message, error]);
      }
    });
    return failed;
  }

  // A file that is under no name any more was removed by somebody else: so be it.
  async #unlink(path: string, base: string): Promise<void> {
    try {
      await unlink(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
      const renamed = await this.#find(base);
      if (renamed !== undefined) await unlink(renamed);
    }
  }

  async #find(base: string): Promise<string | undefined> {
    for (const [name, path] of await this.#files()) if (name === base) return path;
    return undefined;
  }

  async #files(): Promise<[base: string, path: string][]> {
    const files: [string, string][] = [];
    for (const name of folders) {
      const folder = join(this.#path, name);
      if (!(await isFolder(folder))) {
        throw new MaildropUnusableError(`${this.#path} is no Maildir: "${name}" is missing, or no folder`);
      }
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (!entry.isFile() || entry.name.startsWith('.')) continue;
        const [base = ''] = entry.name.split(':', 1);
        files.push([base, join(folder, entry.name)]);
      }
    }
    return files;
  }
}

// `,W=` is the size with CRLF, which some delivery agents put into the name (Maildir++). `,S=` is the file's: no help.
function sizeIn(base: string): number | undefined {
  const size = /,W=(\d{1,15})(?=,|$)/.exec(base)?.[1];
  return size === undefined ? undefined : Number(size);
}

// Names begin with the second of the delivery.
function byDelivery(a: MaildirMessage, b: MaildirMessage): number {
  const earlier = Number.parseInt(a.base, 10) - Number.parseInt(b.base, 10);
  if (Number.isFinite(earlier) && earlier !== 0) return earlier;
  return a.base < b.base ? -1 : 1;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

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
  readonly path: string;
  /** Its files; more than one after a program was cut short between linking and unlinking. */
  readonly paths: string[];
}

/**
 * A Maildir as a maildrop: everything in `new` and `cur`. Nothing is moved or marked; QUIT removes what was deleted, unless it is not writable.
 * Links are passed over. Other programs may set flags meanwhile.
 */
export class MaildirMaildrop extends StoredMaildrop<MaildirMessage> {
  readonly #path: string;
  // Where the messages were when one of them was looked for, by their bases.
  #found: ReadonlyMap<string, string> = new Map();

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

  protected override openMessage({ base, path }: MaildirMessage): Promise<OpenRange> {
    return this.#wherever(base, path, openPlainFile);
  }

  protected async remove(
    messages: readonly MaildirMessage[],
  ): Promise<readonly (readonly [MaildirMessage, unknown])[]> {
    const failed: [MaildirMessage, unknown][] = [];
    await inParallel(messages, async (message) => {
      try {
        for (const path of message.paths) await this.#wherever(message.base, path, unlink);
      } catch (error) {
        // One that is under no name any more was removed by somebody else: so be it.
        if (!isMissing(error)) failed.push([message, error]);
      }
    });
    return failed;
  }

  // Whoever marks messages renames them, all of a folder as a rule: it is read again for the first, not for each.
  async #wherever<T>(base: string, path: string, task: (path: string) => Promise<T>): Promise<T> {
    let missing: unknown;
    for (const find of [() => path, () => this.#found.get(base), () => this.#find(base)]) {
      try {
        const place = await find();
        if (place !== undefined) return await task(place);
      } catch (error) {
        if (!isMissing(error)) throw error;
        missing = error;
      }
    }
    throw missing;
  }

  async #find(base: string): Promise<string | undefined> {
    // Of two files of a message, the first one.
    this.#found = new Map((await this.#files()).reverse());
    return this.#found.get(base);
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

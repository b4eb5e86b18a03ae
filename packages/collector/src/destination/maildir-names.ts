import { sep } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { identityAt } from './same-message.ts';

/**
 * Where the messages of a Maildir are that have names of ours. The names are read when the first is asked for: there may be a hundred thousand, and
 * most runs bring nothing.
 */
export class MaildirNames {
  readonly #path: string;
  readonly #fs: FileSystem;
  // By their ids, below the path.
  #filesOrNot: Map<string, string> | undefined;

  constructor(path: string, fileSystem: FileSystem) {
    this.#path = path + sep;
    this.#fs = fileSystem;
  }

  has(id: string): boolean {
    return this.#files.has(id);
  }

  /** `file`: its name in `new`. */
  add(id: string, file: string): void {
    this.#files.set(id, `new${sep}${file}`);
  }

  delete(id: string): void {
    this.#files.delete(id);
  }

  /** What tells the message of that id apart, wherever a reader has moved it; undefined where there is none. */
  identityOf(id: string): string | undefined {
    const file = this.#files.get(id);
    if (file === undefined) return undefined;
    const identity = identityAt(this.#path + file);
    if (identity !== undefined) return identity;
    this.#lookAgain();
    const moved = this.#files.get(id);
    return moved === undefined ? undefined : identityAt(this.#path + moved);
  }

  get #files(): Map<string, string> {
    this.#filesOrNot ??= new Map(this.#list());
    return this.#filesOrNot;
  }

  // For all of them: a reader that has moved one has moved many.
  #lookAgain(): void {
    const before = this.#files;
    const found = new Map<string, string>();
    for (const [id, file] of this.#list()) if (before.has(id)) found.set(id, file);
    this.#filesOrNot = found;
  }

  // `new` before `cur`: a reader moves them in that direction.
  *#list(): Generator<[id: string, file: string], void, undefined> {
    for (const folder of ['new', 'cur']) {
      for (const file of this.#fs.list(this.#path + folder)) {
        const id = idOf(file);
        if (id !== undefined) yield [id, `${folder}${sep}${file}`];
      }
    }
  }
}

// Names that no other program makes: readers of Maildir want no particular form.
function idOf(file: string): string | undefined {
  return /^([0-9a-f]{64})\.postrider(?:[,:]|$)/.exec(file)?.[1];
}

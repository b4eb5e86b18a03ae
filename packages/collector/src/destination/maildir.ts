import { join } from 'node:path';
import type { Delivery, DeliveryMessage, DeliveryResult, Destination, Recovery } from './destination.ts';
import { fileFailure } from './error.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { LineEndConverter } from './line-end.ts';

/** How a {@link MaildirDestination} is made. */
export interface MaildirOptions {
  /** Its folder; made where there is none. */
  readonly path: string;
  readonly name?: string | undefined;
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * A Maildir: one file a message, written under `tmp`, made durable, and linked into `new`.
 *
 * A message's name comes from its id alone, so that a second delivery meets the first: in `new` as EEXIST, in `cur` through the names that were
 * read at the start.
 */
export class MaildirDestination implements Destination<MaildirDelivery> {
  readonly name: string;
  readonly recognisesRepeats = true;
  readonly batchMessages = 256;
  readonly #path: string;
  readonly #fs: FileSystem;
  readonly #present = new Set<string>();

  constructor({ path, name = `maildir:${path}`, fileSystem = nodeFileSystem }: MaildirOptions) {
    this.name = name;
    this.#path = path;
    this.#fs = fileSystem;
  }

  async open(): Promise<void> {
    try {
      for (const folder of ['', 'tmp', 'new', 'cur']) this.#fs.makeFolder(join(this.#path, folder));
      this.#present.clear();
      for (const folder of ['new', 'cur']) {
        for (const file of this.#fs.list(join(this.#path, folder))) {
          const id = idOf(file);
          if (id !== undefined) this.#present.add(id);
        }
      }
      // What a crash left. Other programs' files are theirs.
      for (const file of this.#fs.list(join(this.#path, 'tmp'))) {
        if (idOf(file) !== undefined) this.#fs.remove(join(this.#path, 'tmp', file));
      }
    } catch (error) {
      throw fileFailure(this.name, 'open', this.#path, error);
    }
  }

  begin({ id }: DeliveryMessage): MaildirDelivery {
    const path = join(this.#path, 'tmp', baseName(id));
    try {
      return new MaildirDelivery(this.name, id, path, this.#fs);
    } catch (error) {
      throw fileFailure(this.name, 'create', path, error);
    }
  }

  async commit(deliveries: readonly MaildirDelivery[]): Promise<readonly DeliveryResult[]> {
    await Promise.all(deliveries.map((delivery) => delivery.sync()));
    const results = deliveries.map((delivery) => this.#publish(delivery));
    if (results.some(({ status }) => status === 'delivered')) await this.#syncNames();
    return results;
  }

  async recover({ id }: DeliveryMessage): Promise<Recovery> {
    return this.#present.has(id) ? 'delivered' : 'absent';
  }

  async close(): Promise<void> {}

  #publish(delivery: MaildirDelivery): DeliveryResult {
    const { id, failure } = delivery;
    if (failure !== undefined) return { status: 'failed', error: failure };
    if (this.#present.has(id)) {
      delivery.abort();
      return { status: 'repeated' };
    }
    const path = join(this.#path, 'new', `${baseName(id)},S=${delivery.octets}`);
    try {
      const repeated = this.#link(delivery.path, path);
      this.#present.add(id);
      delivery.abort();
      return { status: repeated ? 'repeated' : 'delivered' };
    } catch (error) {
      delivery.abort();
      return { status: 'failed', error: fileFailure(this.name, 'link', path, error) };
    }
  }

  // True where the name was taken: the message is there already.
  #link(from: string, to: string): boolean {
    try {
      this.#fs.link(from, to);
      return false;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EEXIST') return true;
      // File systems without hard links.
      if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
      if (this.#fs.exists(to)) return true;
      this.#fs.rename(from, to);
      return false;
    }
  }

  async #syncNames(): Promise<void> {
    const folder = join(this.#path, 'new');
    try {
      await this.#fs.syncFolder(folder);
    } catch (error) {
      throw fileFailure(this.name, 'fsync', folder, error);
    }
  }
}

/** One file under `tmp`. */
export class MaildirDelivery implements Delivery {
  readonly id: string;
  readonly path: string;
  octets = 0;
  failure: ReturnType<typeof fileFailure> | undefined;
  readonly #destination: string;
  readonly #fs: FileSystem;
  readonly #lines = new LineEndConverter();
  #file: number | undefined;

  constructor(destination: string, id: string, path: string, fileSystem: FileSystem) {
    this.id = id;
    this.path = path;
    this.#destination = destination;
    this.#fs = fileSystem;
    this.#file = fileSystem.create(path);
  }

  write(octets: Uint8Array): void {
    this.#append(this.#lines.convert(octets));
  }

  end(): void {
    this.#append(this.#lines.end());
  }

  abort(): void {
    this.#close();
    try {
      this.#fs.remove(this.path);
    } catch {
      // The next start removes it.
    }
  }

  /** Makes the content durable; a failure is kept for the result. */
  async sync(): Promise<void> {
    const file = this.#file;
    if (file === undefined) return;
    try {
      await this.#fs.sync(file);
      this.#file = undefined;
      this.#fs.close(file);
    } catch (error) {
      this.failure = fileFailure(this.#destination, 'fsync', this.path, error);
      this.abort();
    }
  }

  #append(octets: Uint8Array): void {
    if (octets.length === 0 || this.#file === undefined) return;
    try {
      this.#fs.write(this.#file, octets);
      this.octets += octets.length;
    } catch (error) {
      this.abort();
      throw fileFailure(this.#destination, 'write', this.path, error);
    }
  }

  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    try {
      this.#fs.close(file);
    } catch {
      // Nothing was promised about this file yet.
    }
  }
}

// A name that no other program makes: readers of Maildir want no particular form.
function baseName(id: string): string {
  return `${id}.postrider`;
}

function idOf(file: string): string | undefined {
  return /^([0-9a-f]{64})\.postrider(?:[,:]|$)/.exec(file)?.[1];
}

import { join, resolve, sep } from 'node:path';
import type { DeliveryMessage, DeliveryResult, Destination, Recovery } from './destination.ts';
import { fileFailure } from './error.ts';
import { FileDelivery } from './file-delivery.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { LineEndConverter } from './line-end.ts';
import { publishFile } from './publish.ts';
import { removeAbandoned, unfinishedName } from './unfinished.ts';

/** How a {@link MaildirDestination} is made. */
export interface MaildirOptions {
  /** Its folder; made where there is none. */
  readonly path: string;
  /** Names it in the ledger; its absolute path by default, so that it is the same from every working folder. */
  readonly name?: string | undefined;
  /** What people call it; `maildir:PATH` by default, with the path as it was given. */
  readonly label?: string | undefined;
  readonly fileSystem?: FileSystem | undefined;
}

/**
 * A Maildir: one file a message, written under `tmp`, made durable, and linked into `new`.
 *
 * A message's name comes from its id alone, so that a second delivery meets the first: in `new` as EEXIST, in `cur` through the names that
 * are read before the first.
 */
export class MaildirDestination implements Destination<MaildirDelivery> {
  readonly name: string;
  readonly label: string;
  readonly recognisesRepeats = true;
  readonly batchMessages = 256;
  readonly #path: string;
  readonly #tmp: string;
  readonly #new: string;
  readonly #fs: FileSystem;
  // Read when the first message comes: there may be a hundred thousand names, and most runs bring nothing.
  #presentOrNot: Set<string> | undefined;

  constructor({ path, name, label, fileSystem = nodeFileSystem }: MaildirOptions) {
    this.name = name ?? `maildir:${resolve(path)}`;
    this.label = label ?? `maildir:${path}`;
    this.#path = path;
    this.#tmp = join(path, 'tmp') + sep;
    this.#new = join(path, 'new') + sep;
    this.#fs = fileSystem;
  }

  async open(): Promise<void> {
    try {
      for (const folder of ['', 'tmp', 'new', 'cur']) this.#fs.makeFolder(join(this.#path, folder));
      this.#presentOrNot = undefined;
      removeAbandoned(this.#fs, join(this.#path, 'tmp'));
    } catch (error) {
      throw fileFailure(this.name, 'open', this.#path, error);
    }
  }

  begin({ id }: DeliveryMessage): MaildirDelivery {
    return new MaildirDelivery(this.name, id, this.#tmp + unfinishedName(id), this.#fs);
  }

  async commit(deliveries: readonly MaildirDelivery[]): Promise<readonly DeliveryResult[]> {
    await Promise.all(deliveries.map((delivery) => delivery.sync()));
    const results = deliveries.map((delivery) => this.#publish(delivery));
    // A name that was there already may be one that a crash kept from becoming durable.
    if (results.some(({ status }) => status !== 'failed')) await this.#syncNames('new');
    if (results.some(({ status }) => status === 'repeated')) await this.#syncNames('cur');
    return results;
  }

  // What the ledger knows is not delivered again. Names of a hundred thousand messages take 20 MB.
  recorded(deliveries: readonly MaildirDelivery[]): void {
    for (const { id } of deliveries) this.#present.delete(id);
  }

  async recover({ id }: DeliveryMessage): Promise<Recovery> {
    return this.#present.has(id) ? 'delivered' : 'absent';
  }

  async close(): Promise<void> {}

  #publish(delivery: MaildirDelivery): DeliveryResult {
    const { id, octets } = delivery;
    if (this.#present.has(id)) {
      delivery.abort();
      return { status: 'repeated' };
    }
    // `,S=` spares Maildir++ servers a stat.
    const path = `${this.#new}${id}.postrider,S=${octets}`;
    const result = publishFile(this.name, delivery, path, this.#fs);
    if (result.status !== 'failed') this.#present.add(id);
    return result;
  }

  // `new` before `cur`: a reader moves them in that direction.
  get #present(): Set<string> {
    if (this.#presentOrNot !== undefined) return this.#presentOrNot;
    const present = new Set<string>();
    try {
      for (const folder of ['new', 'cur']) {
        for (const file of this.#fs.list(join(this.#path, folder))) {
          const id = idOf(file);
          if (id !== undefined) present.add(id);
        }
      }
    } catch (error) {
      throw fileFailure(this.name, 'open', this.#path, error);
    }
    this.#presentOrNot = present;
    return present;
  }

  async #syncNames(name: 'new' | 'cur'): Promise<void> {
    const folder = join(this.#path, name);
    try {
      await this.#fs.syncFolder(folder);
    } catch (error) {
      throw fileFailure(this.name, 'fsync', folder, error);
    }
  }
}

/** One file under `tmp`, with the line ends that Maildir has. */
export class MaildirDelivery extends FileDelivery {
  readonly #lines = new LineEndConverter();

  protected override *encode(
    pieces: readonly Uint8Array[],
    last: boolean,
  ): Generator<Uint8Array, void, undefined> {
    yield* this.#lines.convert(pieces);
    if (last) yield this.#lines.end();
  }
}

// Names that no other program makes: readers of Maildir want no particular form.
function idOf(file: string): string | undefined {
  return /^([0-9a-f]{64})\.postrider(?:[,:]|$)/.exec(file)?.[1];
}

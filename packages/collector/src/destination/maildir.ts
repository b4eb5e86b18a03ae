import { join, resolve, sep } from 'node:path';
import type { DeliveryMessage, DeliveryResult, Destination, Recovery } from './destination.ts';
import { fileFailure } from './error.ts';
import { FileDelivery } from './file-delivery.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { LineEndConverter } from './line-end.ts';
import { MaildirNames } from './maildir-names.ts';
import { publishFile, takeName } from './publish.ts';
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
 * A message's name comes from its id, so that a second delivery meets the first: in `new` as EEXIST, in `cur` through the names that are read before
 * the first. Where another message has that name, it comes from the header too.
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
  #names: MaildirNames;

  constructor({ path, name, label, fileSystem = nodeFileSystem }: MaildirOptions) {
    this.name = name ?? `maildir:${resolve(path)}`;
    this.label = label ?? `maildir:${path}`;
    this.#path = path;
    this.#tmp = join(path, 'tmp') + sep;
    this.#new = join(path, 'new') + sep;
    this.#fs = fileSystem;
    this.#names = new MaildirNames(path, fileSystem);
  }

  async open(): Promise<void> {
    try {
      for (const folder of ['', 'tmp', 'new', 'cur']) this.#fs.makeFolder(join(this.#path, folder));
      this.#names = new MaildirNames(this.#path, this.#fs);
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
    const results = deliveries.map((delivery) =>
      publishFile(this.name, delivery, (id) => this.#take(id, delivery)),
    );
    // A name that was there already may be one that a crash kept from becoming durable.
    if (results.some(({ status }) => status !== 'failed')) await this.#syncNames('new');
    if (results.some(({ status }) => status === 'repeated')) await this.#syncNames('cur');
    return results;
  }

  // What the ledger knows is not delivered again. Names of a hundred thousand messages take 25 MB.
  recorded(deliveries: readonly MaildirDelivery[]): void {
    for (const { id } of deliveries) this.#reading((names) => names.delete(id));
  }

  async recover({ id }: DeliveryMessage): Promise<Recovery> {
    return this.#reading((names) => names.has(id)) ? 'delivered' : 'absent';
  }

  async close(): Promise<void> {}

  // Gives a message the name of an id, or says what tells the one apart that has it.
  #take(id: string, { path, octets }: MaildirDelivery): string | undefined {
    const present = this.#reading((names) => names.identityOf(id));
    if (present !== undefined) return present;
    // `,S=` spares Maildir++ servers a stat.
    const file = `${id}.postrider,S=${octets}`;
    const other = takeName(this.name, path, this.#new + file, this.#fs);
    this.#names.add(id, file);
    return other;
  }

  #reading<T>(work: (names: MaildirNames) => T): T {
    try {
      return work(this.#names);
    } catch (error) {
      throw fileFailure(this.name, 'open', this.#path, error);
    }
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

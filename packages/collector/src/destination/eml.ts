import { resolve, sep } from 'node:path';
import type { Delivery, DeliveryMessage, DeliveryResult, Destination, Recovery } from './destination.ts';
import { fileFailure } from './error.ts';
import { FileDelivery } from './file-delivery.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { publishFile, takeName } from './publish.ts';
import { removeAbandoned, unfinishedName } from './unfinished.ts';

/** How an {@link EmlDestination} is made. */
export interface EmlOptions {
  /** Its folder; made where there is none. */
  readonly path: string;
  /** Names it in the ledger; its absolute path by default, so that it is the same from every working folder. */
  readonly name?: string | undefined;
  /** What people call it; `eml:PATH` by default, with the path as it was given. */
  readonly label?: string | undefined;
  readonly fileSystem?: FileSystem | undefined;
}

/** A folder of `.eml` files: the exact octets, one file a message. Unfinished ones have names that begin with a dot. */
export class EmlDestination implements Destination<FileDelivery> {
  readonly name: string;
  readonly label: string;
  readonly recognisesRepeats = true;
  readonly batchMessages = 256;
  readonly #path: string;
  readonly #fs: FileSystem;

  constructor({ path, name, label, fileSystem = nodeFileSystem }: EmlOptions) {
    this.name = name ?? `eml:${resolve(path)}`;
    this.label = label ?? `eml:${path}`;
    this.#path = path;
    this.#fs = fileSystem;
  }

  async open(): Promise<void> {
    try {
      this.#fs.makeFolder(this.#path);
      removeAbandoned(this.#fs, this.#path, '.');
    } catch (error) {
      throw fileFailure(this.name, 'open', this.#path, error);
    }
  }

  begin({ id }: DeliveryMessage): Delivery {
    return new FileDelivery(this.name, id, `${this.#path}${sep}.${unfinishedName(id)}`, this.#fs);
  }

  async commit(deliveries: readonly FileDelivery[]): Promise<readonly DeliveryResult[]> {
    await Promise.all(deliveries.map((delivery) => delivery.sync()));
    const results = deliveries.map((delivery) =>
      publishFile(this.name, delivery, (id) => takeName(this.name, delivery.path, this.#file(id), this.#fs)),
    );
    // Also where all were there already: a crash may have kept their names from becoming durable.
    if (results.some(({ status }) => status !== 'failed')) {
      try {
        await this.#fs.syncFolder(this.#path);
      } catch (error) {
        throw fileFailure(this.name, 'fsync', this.#path, error);
      }
    }
    return results;
  }

  async recover({ id }: DeliveryMessage): Promise<Recovery> {
    return this.#fs.exists(this.#file(id)) ? 'delivered' : 'absent';
  }

  async close(): Promise<void> {}

  #file(id: string): string {
    return `${this.#path}${sep}${id}.eml`;
  }
}

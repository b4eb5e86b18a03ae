import type { Delivery } from './destination.ts';
import { type DestinationError, fileFailure } from './error.ts';
import type { FileSystem } from './file-system.ts';

/** A message being written to a file of its own, which nobody looks at yet. */
export class FileDelivery implements Delivery {
  readonly id: string;
  readonly path: string;
  /** Octets written. */
  octets = 0;
  /** Why it cannot be delivered. */
  failure: DestinationError | undefined;
  readonly #destination: string;
  readonly #fs: FileSystem;
  #file: number | undefined;

  /** @throws DestinationError where the file cannot be created. */
  constructor(destination: string, id: string, path: string, fileSystem: FileSystem) {
    this.id = id;
    this.path = path;
    this.#destination = destination;
    this.#fs = fileSystem;
    try {
      this.#file = fileSystem.create(path);
    } catch (error) {
      throw fileFailure(destination, 'create', path, error);
    }
  }

  write(octets: Uint8Array): void {
    if (octets.length === 0 || this.#file === undefined) return;
    try {
      this.#fs.write(this.#file, octets);
      this.octets += octets.length;
    } catch (error) {
      this.abort();
      throw fileFailure(this.#destination, 'write', this.path, error);
    }
  }

  end(): void {}

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
      await this.#fs.sync(file, this.path);
      this.#file = undefined;
      this.#fs.close(file);
    } catch (error) {
      this.failure = fileFailure(this.#destination, 'fsync', this.path, error);
      this.abort();
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

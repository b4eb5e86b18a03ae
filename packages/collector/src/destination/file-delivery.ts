import type { Delivery } from './destination.ts';
import { type DestinationError, fileFailure } from './error.ts';
import type { FileSystem } from './file-system.ts';

// So much is gathered before it is written: a message comes in many small pieces, one for each stuffed dot.
const gathered = 131_072;
// One for all: what is in it is written before anybody else can use it.
const scratch = new Uint8Array(2 * gathered);

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
  #waiting: Uint8Array[] = [];
  #waitingOctets = 0;

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
    this.#waiting.push(octets);
    this.#waitingOctets += octets.length;
    if (this.#waitingOctets >= gathered) this.#flush(false);
  }

  end(): void {
    this.#flush(true);
  }

  abort(): void {
    this.#waiting = [];
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

  /** What stands in the file for these octets: as few pieces as possible, each valid until the next one. `last`: no more will come. */
  protected *encode(pieces: readonly Uint8Array[], _last: boolean): Generator<Uint8Array, void, undefined> {
    let length = 0;
    for (const piece of pieces) {
      if (length + piece.length > scratch.length) {
        yield scratch.subarray(0, length);
        length = 0;
      }
      if (piece.length > scratch.length) {
        yield piece;
      } else {
        scratch.set(piece, length);
        length += piece.length;
      }
    }
    if (length > 0) yield scratch.subarray(0, length);
  }

  #flush(last: boolean): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingOctets = 0;
    const file = this.#file;
    if (file === undefined) return;
    try {
      for (const octets of this.encode(waiting, last)) {
        if (octets.length === 0) continue;
        this.#fs.write(file, octets);
        this.octets += octets.length;
      }
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

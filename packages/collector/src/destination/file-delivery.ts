import type { Delivery } from './destination.ts';
import { type DestinationError, fileFailure } from './error.ts';
import type { FileSystem } from './file-system.ts';

// So much is gathered before it is written: a message comes in many small pieces, one for each stuffed dot.
const gathered = 131_072;
// One for all: what is in it is written before anybody else can use it.
const scratch = new Uint8Array(2 * gathered);
// Parts on their way to a file lie in buffers of their own. A few are kept for later messages.
const spareBuffers: Uint8Array[] = [];
const mostSpareBuffers = 8;

/**
 * A message being written to a file of its own, which nobody looks at yet. A short one is written at once, in one call; the parts of a long one in the
 * thread pool, each while the next one comes.
 */
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
  // The part on its way, where there was one, and what came of it. It never rejects.
  #underway: Promise<void> | undefined;
  #partFailure: { readonly error: unknown } | undefined;
  #buffer: Uint8Array | undefined;

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

  write(octets: Uint8Array): void | Promise<void> {
    this.#waiting.push(octets);
    this.#waitingOctets += octets.length;
    if (this.#waitingOctets >= gathered) return this.#writePart();
  }

  end(): void | Promise<void> {
    if (this.#underway === undefined) return this.#writeRest();
    return this.#settle().then(() => this.#writeRest());
  }

  abort(): void | Promise<void> {
    if (this.#underway === undefined) return this.discard();
    // Not closed while it is being written: the file's number may be another one's by then. And nothing more is written.
    const file = this.#file;
    this.#file = undefined;
    return this.#underway.then(() => {
      this.#file = file;
      this.discard();
    });
  }

  /** Removes the file. Not for one that is being written. */
  discard(): void {
    this.#waiting = [];
    this.#releaseBuffer();
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
      this.discard();
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

  // One part is on its way at a time: the next one waits for it, and with it the connection.
  async #writePart(): Promise<void> {
    await this.#settle();
    const file = this.#file;
    if (file === undefined) return;
    const buffer = this.#buffer ?? spareBuffers.pop() ?? new Uint8Array(2 * gathered);
    this.#buffer = buffer;
    let length = 0;
    this.#attempt(() => {
      for (const octets of this.encode(this.#take(), false)) {
        if (length + octets.length > buffer.length) {
          this.#write(file, buffer.subarray(0, length));
          length = 0;
        }
        if (octets.length > buffer.length) {
          this.#write(file, octets);
        } else {
          buffer.set(octets, length);
          length += octets.length;
        }
      }
    });
    this.#underway = this.#writeLater(file, buffer.subarray(0, length));
  }

  async #writeLater(file: number, octets: Uint8Array): Promise<void> {
    try {
      await this.#fs.writeLater(file, octets);
      this.octets += octets.length;
    } catch (error) {
      this.#partFailure = { error };
    }
  }

  async #settle(): Promise<void> {
    await this.#underway;
    this.#underway = undefined;
    const failure = this.#partFailure;
    this.#attempt(() => {
      if (failure !== undefined) throw failure.error;
    });
  }

  #writeRest(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#releaseBuffer();
    this.#attempt(() => {
      for (const octets of this.encode(this.#take(), true)) this.#write(file, octets);
    });
  }

  #take(): readonly Uint8Array[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingOctets = 0;
    return waiting;
  }

  #write(file: number, octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.#fs.write(file, octets);
    this.octets += octets.length;
  }

  // What fails leaves nothing behind.
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.discard();
      throw fileFailure(this.#destination, 'write', this.path, error);
    }
  }

  #releaseBuffer(): void {
    if (this.#buffer !== undefined && spareBuffers.length < mostSpareBuffers) spareBuffers.push(this.#buffer);
    this.#buffer = undefined;
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

import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Delivery, DeliveryMessage } from './destination.ts';
import { fileFailure } from './error.ts';
import { LineEndConverter } from './line-end.ts';

/** How a message is spooled. */
export interface SpoolOptions {
  /** LF at the end of each line instead of CRLF. */
  readonly lineFeed?: boolean | undefined;
}

/**
 * A message that waits in a file of this process until a server or a command gets it: they must see whole messages only.
 *
 * The file has no name, so that nothing of the message stays behind, whatever ends this process. Writing does not move its position: whoever gets
 * the descriptor reads from the beginning.
 */
export class SpooledDelivery implements Delivery {
  readonly message: DeliveryMessage;
  /** Octets written. */
  octets = 0;
  readonly #destination: string;
  readonly #path: string;
  readonly #lines: LineEndConverter | undefined;
  #file: number | undefined;

  /** @throws DestinationError where the file cannot be created. */
  constructor(destination: string, message: DeliveryMessage, { lineFeed = false }: SpoolOptions = {}) {
    this.message = message;
    this.#destination = destination;
    this.#path = join(tmpdir(), `postrider-${randomBytes(12).toString('hex')}`);
    this.#lines = lineFeed ? new LineEndConverter() : undefined;
    try {
      this.#file = fs.openSync(this.#path, 'wx+', 0o600);
      fs.unlinkSync(this.#path);
    } catch (error) {
      this.abort();
      throw fileFailure(destination, 'create', this.#path, error);
    }
  }

  /** The descriptor of the file; its position is the beginning. */
  get file(): number {
    if (this.#file === undefined) throw new TypeError('the message was given up');
    return this.#file;
  }

  write(octets: Uint8Array): void {
    if (this.#lines === undefined) this.#append(octets);
    else for (const piece of this.#lines.convert([octets])) this.#append(piece);
  }

  end(): void {
    if (this.#lines !== undefined) this.#append(this.#lines.end());
  }

  abort(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) fs.closeSync(file);
  }

  /** Its octets as a stream, for whoever must not have them in memory at once. */
  stream(): Readable {
    // Not a stream of node:fs: when it is destroyed it closes the descriptor, which is not its own.
    return Readable.from(this.#pieces(), { objectMode: false });
  }

  /** All of its octets at once. */
  read(): Buffer {
    return Buffer.concat([...this.#pieces(this.octets)]);
  }

  *#pieces(length = 65_536): Generator<Buffer, void> {
    for (let position = 0; position < this.octets; ) {
      const piece = Buffer.allocUnsafe(Math.min(length, this.octets - position));
      const read = fs.readSync(this.file, piece, 0, piece.length, position);
      if (read === 0) throw new Error('the spooled message became shorter');
      position += read;
      yield piece.subarray(0, read);
    }
  }

  #append(octets: Uint8Array): void {
    try {
      for (let position = 0; position < octets.length; ) {
        const rest = octets.length - position;
        position += fs.writeSync(this.file, octets, position, rest, this.octets + position);
      }
      this.octets += octets.length;
    } catch (error) {
      this.abort();
      throw fileFailure(this.#destination, 'write', this.#path, error);
    }
  }
}

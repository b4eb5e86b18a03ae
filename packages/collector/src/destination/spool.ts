import { createReadStream, mkdtempSync, type ReadStream, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileDelivery } from './file-delivery.ts';
import type { FileSystem } from './file-system.ts';

/** A message that waits in a file of this process until a server gets it: servers must see whole messages only. */
export class SpooledDelivery extends FileDelivery {
  /** What is in the file. */
  open(): ReadStream {
    return createReadStream(this.path);
  }
}

/** A folder for messages on their way, gone with {@link Spool.remove}. */
export class Spool {
  readonly #folder = mkdtempSync(join(tmpdir(), 'postrider-'));
  readonly #fs: FileSystem;

  constructor(fileSystem: FileSystem) {
    this.#fs = fileSystem;
  }

  begin(destination: string, id: string): SpooledDelivery {
    return new SpooledDelivery(destination, id, join(this.#folder, id), this.#fs);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

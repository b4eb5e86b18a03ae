import { randomBytes } from 'node:crypto';
import { closeSync, linkSync, openSync, readSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Delivery, DeliveryMessage, DeliveryResult, Destination, Recovery } from './destination.ts';
import { DestinationError, fileFailure } from './error.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { LineEndConverter } from './line-end.ts';

/** How an {@link MboxDestination} is made. */
export interface MboxOptions {
  /** The file; made where there is none. */
  readonly path: string;
  readonly name?: string | undefined;
  readonly fileSystem?: FileSystem | undefined;
}

const lockTries = 50;

/**
 * An mbox file (mboxrd: lines that begin with `From `, or with that behind `>`s, get one more `>`).
 *
 * Messages are gathered in a file beside it. Each group is appended under a dot-lock, in one write order that a journal describes: the journal holds
 * the length before and the ids of the group, so that after a crash the next start cuts the file back to that length, or, where the group had become
 * durable, knows its messages.
 */
export class MboxDestination implements Destination<MboxDelivery> {
  readonly name: string;
  readonly recognisesRepeats = true;
  readonly batchMessages = 256;
  readonly #path: string;
  readonly #fs: FileSystem;
  readonly #journal: string;
  /** The ids of the group that the last run may not have told the ledger about. */
  #recent = new Set<string>();

  constructor({ path, name = `mbox:${path}`, fileSystem = nodeFileSystem }: MboxOptions) {
    this.name = name;
    this.#path = path;
    this.#fs = fileSystem;
    this.#journal = `${path}.postrider`;
  }

  async open(): Promise<void> {
    try {
      this.#fs.makeFolder(dirname(this.#path));
      await this.#recover();
    } catch (error) {
      throw error instanceof DestinationError ? error : fileFailure(this.name, 'open', this.#path, error);
    }
  }

  begin({ id }: DeliveryMessage): Delivery {
    return new MboxDelivery(this.name, id, `${this.#path}.${randomBytes(6).toString('hex')}.part`, this.#fs);
  }

  async commit(deliveries: readonly MboxDelivery[]): Promise<readonly DeliveryResult[]> {
    const unlock = await this.#lock();
    try {
      return await this.#append(deliveries);
    } finally {
      unlock();
      for (const delivery of deliveries) delivery.abort();
    }
  }

  async recover({ id }: DeliveryMessage): Promise<Recovery> {
    return this.#recent.has(id) ? 'delivered' : 'absent';
  }

  async close(): Promise<void> {}

  async #append(deliveries: readonly MboxDelivery[]): Promise<readonly DeliveryResult[]> {
    const fresh = deliveries.filter(({ id }) => !this.#recent.has(id));
    const file = this.#fs.openAppend(this.#path);
    let length = 0;
    try {
      length = this.#fs.size(file);
      await this.#writeJournal({ state: 'begun', length, ids: fresh.map(({ id }) => id) });
      for (const delivery of fresh) delivery.copyTo((octets) => this.#fs.write(file, octets));
      await this.#fs.sync(file, this.#path);
      await this.#writeJournal({
        state: 'done',
        length: this.#fs.size(file),
        ids: fresh.map(({ id }) => id),
      });
      this.#recent = new Set(fresh.map(({ id }) => id));
      return deliveries.map((delivery) => ({ status: fresh.includes(delivery) ? 'delivered' : 'repeated' }));
    } catch (error) {
      try {
        this.#fs.truncate(file, length);
      } catch {
        // The journal says so: the next start cuts it back.
      }
      throw fileFailure(this.name, 'write', this.#path, error);
    } finally {
      this.#fs.close(file);
    }
  }

  async #recover(): Promise<void> {
    for (const name of this.#fs.list(dirname(this.#path))) {
      const path = join(dirname(this.#path), name);
      if (path.startsWith(`${this.#path}.`) && /\.[0-9a-f]{12}\.part$/.test(name)) this.#fs.remove(path);
    }
    if (!this.#fs.exists(this.#journal)) return;
    const journal = parseJournal(readText(this.#journal));
    if (journal === undefined) return;
    if (journal.state === 'done') {
      this.#recent = new Set(journal.ids);
      return;
    }
    const unlock = await this.#lock();
    try {
      const file = this.#fs.openAppend(this.#path);
      try {
        if (this.#fs.size(file) > journal.length) this.#fs.truncate(file, journal.length);
        await this.#fs.sync(file, this.#path);
      } finally {
        this.#fs.close(file);
      }
    } finally {
      unlock();
    }
  }

  async #writeJournal(journal: Journal): Promise<void> {
    const path = `${this.#journal}.new`;
    this.#fs.remove(path);
    const file = this.#fs.create(path);
    try {
      this.#fs.write(file, Buffer.from(`${JSON.stringify(journal)}\n`));
      await this.#fs.sync(file, path);
    } finally {
      this.#fs.close(file);
    }
    this.#fs.rename(path, this.#journal);
    await this.#fs.syncFolder(dirname(this.#path));
  }

  // The lock that mail programs agree on: FILE.lock, made by a link so that it works over networks too.
  async #lock(): Promise<() => void> {
    const lock = `${this.#path}.lock`;
    const own = `${lock}.${process.pid}.${randomBytes(4).toString('hex')}`;
    for (let count = 0; count < lockTries; count++) {
      const file = openSync(own, 'wx', 0o600);
      writeSync(file, `${process.pid} ${hostname()}\n`);
      closeSync(file);
      try {
        linkSync(own, lock);
        return () => unlinkSync(lock);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
        removeStale(lock);
      } finally {
        unlinkSync(own);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new DestinationError(
      `${this.name}: another program has ${lock}`,
      { destination: this.name, step: 'lock', scope: 'destination', transient: true },
      { hint: 'Try again when that program is done. If there is none, remove the file.' },
    );
  }
}

interface Journal {
  readonly state: 'begun' | 'done';
  readonly length: number;
  readonly ids: readonly string[];
}

function parseJournal(text: string): Journal | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('state' in value && 'length' in value && 'ids' in value)) return undefined;
  const { state, length, ids } = value;
  if ((state !== 'begun' && state !== 'done') || typeof length !== 'number' || !Array.isArray(ids))
    return undefined;
  return { state, length, ids: ids.filter((id): id is string => typeof id === 'string') };
}

function readText(path: string): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(statSync(path).size);
    return buffer.subarray(0, readSync(file, buffer)).toString('utf8');
  } finally {
    closeSync(file);
  }
}

// A lock whose process is dead on this machine is nobody's.
function removeStale(lock: string): void {
  try {
    const [pid = '', host] = readText(lock).trim().split(' ');
    if (host !== hostname()) return;
    try {
      process.kill(Number(pid), 0);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ESRCH') unlinkSync(lock);
    }
  } catch {
    // It is gone already.
  }
}

/** A message, as it will stand in the file: with its `From ` line, quoted, with LF line ends. */
export class MboxDelivery implements Delivery {
  readonly id: string;
  readonly #destination: string;
  readonly #path: string;
  readonly #fs: FileSystem;
  readonly #lines = new LineEndConverter();
  #file: number | undefined;
  // The beginning of a line that may have to be quoted.
  #held: Buffer = Buffer.alloc(0);
  #atLineStart = true;

  constructor(destination: string, id: string, path: string, fileSystem: FileSystem) {
    this.id = id;
    this.#destination = destination;
    this.#path = path;
    this.#fs = fileSystem;
    try {
      this.#file = fileSystem.create(path);
      fileSystem.write(this.#file, Buffer.from(`From MAILER-DAEMON ${asctime(new Date())}\n`));
    } catch (error) {
      this.abort();
      throw fileFailure(destination, 'create', path, error);
    }
  }

  write(octets: Uint8Array): void {
    this.#append(this.#lines.convert(octets));
  }

  end(): void {
    this.#append(this.#lines.end());
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    const ended = rest.length === 0 && this.#atLineStart;
    this.#put(Buffer.concat([rest, Buffer.from(ended ? '\n' : '\n\n')]));
  }

  abort(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      if (file !== undefined) this.#fs.close(file);
      this.#fs.remove(this.#path);
    } catch {
      // The next start removes it.
    }
  }

  /** Hands its octets on, piece by piece. */
  copyTo(write: (octets: Uint8Array) => void): void {
    const file = openSync(this.#path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(1 << 18);
      for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
        write(buffer.subarray(0, read));
    } finally {
      closeSync(file);
    }
  }

  #append(octets: Uint8Array): void {
    if (octets.length === 0) return;
    const begun = this.#atLineStart || this.#held.length > 0;
    const text = Buffer.concat([this.#held, octets]).toString('latin1');
    // What may still become a `From ` line waits for the next piece.
    const tail = /(?:^|\n)(>*(?:F(?:r(?:o(?:m)?)?)?)?)$/.exec(text)?.[1] ?? '';
    const keep = tail !== '' && (text.length > tail.length || begun) ? tail.length : 0;
    this.#held = Buffer.from(text.slice(text.length - keep), 'latin1');
    const whole = text.slice(0, text.length - keep);
    if (whole === '') return;
    this.#atLineStart = whole.endsWith('\n');
    const quoted = whole.replace(/\n(>*From )/g, '\n>$1');
    this.#put(Buffer.from(begun ? quoted.replace(/^(>*From )/, '>$1') : quoted, 'latin1'));
  }

  #put(octets: Uint8Array): void {
    if (this.#file === undefined) return;
    try {
      this.#fs.write(this.#file, octets);
    } catch (error) {
      this.abort();
      throw fileFailure(this.#destination, 'write', this.#path, error);
    }
  }
}

// The date of a `From ` line, in UTC: `Tue Nov 24 09:00:00 2026`.
function asctime(date: Date): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = date.toUTCString().split(/,? /);
  return `${weekday} ${month} ${day.replace(/^0/, ' ')} ${time} ${year}`;
}

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { DeliveryMessage, DeliveryResult, Destination, Recovery } from './destination.ts';
import { isLockedByPostrider, lockPartName, takeDotLock } from './dot-lock.ts';
import { DestinationError, fileFailure } from './error.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { MboxDelivery } from './mbox-delivery.ts';
import { type MboxJournal, type MboxPart, readJournal, writeJournal } from './mbox-journal.ts';
import { judgeTail, type TailVerdict } from './mbox-tail.ts';
import { removeAbandoned, unfinishedName } from './unfinished.ts';

/** How an {@link MboxDestination} is made. */
export interface MboxOptions {
  /** The file; made where there is none. */
  readonly path: string;
  /** Names it in the ledger; its absolute path by default, so that it is the same from every working folder. */
  readonly name?: string | undefined;
  /** What people call it; `mbox:PATH` by default, with the path as it was given. */
  readonly label?: string | undefined;
  readonly fileSystem?: FileSystem | undefined;
}

const turn = promisify(setImmediate);
const pieceOctets = 1 << 18;
const headOctets = 512;
// Of crashes that nobody came back from: several groups of several accounts.
const mostIds = 4096;

/**
 * An mbox file (mboxrd: lines that begin with `From `, or with that behind `>`s, get one more `>`).
 *
 * Messages are gathered in files beside it. Each group is appended under a dot-lock, and a journal beside the file says before what is appended
 * where, and after it which messages the ledger may not know of yet. So the next start cuts off what a crash left half done, and knows a whole message
 * again. The journal is gone when the ledger knows of everything, or when another program has made the file shorter: then nobody can tell what is in it.
 */
export class MboxDestination implements Destination<MboxDelivery> {
  readonly name: string;
  readonly label: string;
  readonly recognisesRepeats = true;
  readonly batchMessages = 256;
  readonly #path: string;
  readonly #fs: FileSystem;
  readonly #journal: string;
  readonly #recorded = new Set<string>();
  #unrecordedBefore = new Set<string>();

  constructor({ path, name, label, fileSystem = nodeFileSystem }: MboxOptions) {
    this.name = name ?? `mbox:${resolve(path)}`;
    this.label = label ?? `mbox:${path}`;
    this.#path = path;
    this.#fs = fileSystem;
    this.#journal = `${path}.postrider`;
  }

  get unrecorded(): ReadonlySet<string> {
    return this.#unrecordedBefore;
  }

  async open(): Promise<void> {
    const folder = dirname(this.#path);
    this.#unrecordedBefore = new Set();
    try {
      this.#fs.makeFolder(folder);
      // Taking the lock takes it from a process that died with it.
      if (this.#fs.exists(this.#journal) || this.#fs.exists(`${this.#path}.lock`)) {
        this.#unrecordedBefore = new Set(await this.#locked(() => this.#settle()));
      }
      const name = basename(this.#path);
      removeAbandoned(this.#fs, folder, `${name}.`);
      removeAbandoned(this.#fs, folder, `${name}.lock.`, lockPartName);
    } catch (error) {
      throw error instanceof DestinationError ? error : fileFailure(this.name, 'open', this.#path, error);
    }
  }

  begin({ id }: DeliveryMessage): MboxDelivery {
    const path = join(dirname(this.#path), `${basename(this.#path)}.${unfinishedName(id)}`);
    return new MboxDelivery(this.name, id, path, this.#fs);
  }

  async commit(deliveries: readonly MboxDelivery[]): Promise<readonly DeliveryResult[]> {
    try {
      return await this.#locked(() => this.#append(deliveries));
    } catch (error) {
      throw error instanceof DestinationError ? error : fileFailure(this.name, 'write', this.#path, error);
    } finally {
      for (const delivery of deliveries) delivery.abort();
    }
  }

  recorded(deliveries: readonly MboxDelivery[]): void {
    for (const { id } of deliveries) this.#recorded.add(id);
  }

  recordedBefore(id: string): void {
    this.#unrecordedBefore.delete(id);
    this.#recorded.add(id);
  }

  async recover({ id }: DeliveryMessage): Promise<Recovery> {
    const journal = readJournal(this.#journal);
    return journal !== undefined && this.#idsInFile(journal).includes(id) ? 'delivered' : 'absent';
  }

  async close(): Promise<void> {
    if (this.#recorded.size === 0) return;
    await this.#locked(() => this.#settle());
    this.#recorded.clear();
  }

  async #locked<T>(work: () => Promise<T>): Promise<T> {
    const unlock = await takeDotLock(this.#path);
    if (unlock === undefined) {
      const [who, hint] = isLockedByPostrider(this.#path)
        ? ['postrider', 'Try again when it is done.']
        : ['program', 'Try again when that program is done. If there is none, remove the file.'];
      throw new DestinationError(
        `${this.name}: another ${who} has ${this.#path}.lock`,
        { destination: this.name, step: 'lock', scope: 'destination', transient: true },
        { hint },
      );
    }
    try {
      return await work();
    } finally {
      unlock();
    }
  }

  async #append(deliveries: readonly MboxDelivery[]): Promise<readonly DeliveryResult[]> {
    const known = new Set(await this.#unrecorded());
    const fresh = deliveries.filter(({ id }) => !known.has(id));
    if (fresh.length > 0) await this.#appendGroup(fresh, [...known]);
    return deliveries.map(({ id }) => ({ status: known.has(id) ? 'repeated' : 'delivered' }));
  }

  async #appendGroup(group: readonly MboxDelivery[], ids: readonly string[]): Promise<void> {
    const file = this.#fs.openAppend(this.#path);
    try {
      const length = this.#fs.size(file);
      const gap = gapBehind(this.#path, length);
      const parts = group.map(({ id, path, octets }) => ({ id, path, octets }));
      const head = readHead(parts[0]?.path ?? '');
      await this.#write({ length, gap, parts, head, ids });
      try {
        if (gap !== '') this.#fs.write(file, Buffer.from(gap));
        await this.#copy(parts, file);
        await this.#fs.sync(file, this.#path);
      } catch (error) {
        this.#cutBack(file, length);
        throw error;
      }
      // From here on the journal may say that the group is there, so it has to stay.
      await this.#writeIds([...ids, ...parts.map(({ id }) => id)].slice(-mostIds));
      this.#recorded.clear();
    } finally {
      this.#fs.close(file);
    }
  }

  #cutBack(file: number, length: number): void {
    try {
      this.#fs.truncate(file, length);
    } catch {
      // The journal says so: the next one to lock the file cuts it back.
    }
  }

  // Many small ones share a write.
  async #copy(parts: readonly MboxPart[], to: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(pieceOctets);
    let filled = 0;
    for (const { path } of parts) {
      const from = openSync(path, 'r');
      try {
        for (;;) {
          const read = readSync(from, buffer, filled, pieceOctets - filled, null);
          if (read === 0) break;
          filled += read;
          if (filled < pieceOctets) continue;
          this.#fs.write(to, buffer);
          filled = 0;
          // The network goes on meanwhile.
          await turn();
        }
      } finally {
        closeSync(from);
      }
    }
    if (filled > 0) this.#fs.write(to, buffer.subarray(0, filled));
  }

  // Leaves in the journal what the ledger may not know of, and no journal where there is nothing.
  async #settle(): Promise<readonly string[]> {
    const ids = await this.#unrecorded();
    if (ids.length > 0) await this.#writeIds(ids);
    else this.#fs.remove(this.#journal);
    return ids;
  }

  // The messages that are in the file and perhaps not in the ledger. Finishes first what a crash interrupted.
  async #unrecorded(): Promise<readonly string[]> {
    const journal = readJournal(this.#journal);
    if (journal === undefined) return [];
    const ids = this.#idsInFile(journal).filter((id) => !this.#recorded.has(id));
    if (journal.parts.length === 0) return ids;
    if ((await this.#repair(journal)) === 'whole') ids.push(...journal.parts.map(({ id }) => id));
    await this.#writeIds(ids);
    for (const { path } of journal.parts) this.#fs.remove(path);
    return ids;
  }

  async #repair(journal: MboxJournal): Promise<TailVerdict> {
    const file = this.#fs.openAppend(this.#path);
    try {
      const verdict = judgeTail(this.#path, journal);
      if (verdict === 'ours' && this.#fs.size(file) > journal.length) this.#fs.truncate(file, journal.length);
      await this.#fs.sync(file, this.#path);
      return verdict;
    } finally {
      this.#fs.close(file);
    }
  }

  // Another program that made the file shorter may have taken any of them out.
  #idsInFile({ length, ids }: MboxJournal): readonly string[] {
    return fileLength(this.#path) < length ? [] : ids;
  }

  async #writeIds(ids: readonly string[]): Promise<void> {
    await this.#write({ length: fileLength(this.#path), gap: '', parts: [], head: '', ids });
  }

  async #write(journal: MboxJournal): Promise<void> {
    await writeJournal(this.#journal, journal, this.#fs);
  }
}

function fileLength(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

// A message begins behind a blank line, whatever another program left at the end.
function gapBehind(path: string, length: number): string {
  if (length === 0) return '';
  const end = readOctets(path, Math.max(0, length - 2), 2);
  if (end.endsWith('\n\n')) return '';
  return end.endsWith('\n') ? '\n' : '\n\n';
}

function readHead(path: string): string {
  return readOctets(path, 0, headOctets);
}

function readOctets(path: string, position: number, length: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.toString('latin1', 0, readSync(file, buffer, 0, length, position));
  } finally {
    closeSync(file);
  }
}

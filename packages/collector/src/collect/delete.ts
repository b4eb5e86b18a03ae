import { CommandRejectedError, isPop3Error, type Pop3Client } from '@postrider/pop3';
import type { AccountLedger } from '../ledger/index.ts';
import { headerMark, type LedgerRecord } from '../plan/index.ts';
import type { CollectListener } from './event.ts';
import { readHeaderHashes } from './read-header-hashes.ts';
import type { RunState } from './run-state.ts';

/** A message to delete: delivered, and recorded as such. */
export interface DeletionTarget {
  readonly messageNumber: number;
  readonly key: string;
  /** Of the header that it must have; NaN or left out: it need not be looked at. */
  readonly headerMark?: number | undefined;
}

// How many deletions the ledger is told of at once.
const together = 512;

/** Sends DELE for messages whose delivery is recorded, and believes in their deletion when QUIT was answered with +OK. */
export class Deleter {
  readonly #client: Pop3Client;
  readonly #ledger: AccountLedger;
  readonly #now: () => number;
  readonly #emit: CollectListener;
  readonly #run: RunState;
  readonly #accepted: string[] = [];
  #refused = 0;
  #others = 0;
  #underway: Promise<void> = Promise.resolve();

  constructor(
    client: Pop3Client,
    ledger: AccountLedger,
    run: RunState,
    now: () => number,
    emit: CollectListener,
  ) {
    this.#run = run;
    this.#client = client;
    this.#ledger = ledger;
    this.#now = now;
    this.#emit = emit;
  }

  /** How many messages were not deleted, since they are others than those that are home under their unique-ids. */
  get others(): number {
    return this.#others;
  }

  /** Asks for deletions while other things go on. {@link Deleter.settle} reports what goes wrong. */
  requestSoon(targets: readonly DeletionTarget[]): void {
    if (targets.length === 0) return;
    this.#underway = this.#underway.then(() => this.request(targets));
    this.#underway.catch(() => {});
  }

  /** Asks for deletions; the ledger knows before the server does. While one part of them waits for its answers, the next one is sent. */
  async request(targets: Iterable<DeletionTarget>): Promise<void> {
    let answers = Promise.resolve();
    for (const whole of inParts(targets, together)) {
      const part = await this.#confirmed(whole);
      const at = this.#now();
      await this.#ledger.commit(part.map(({ key }): LedgerRecord => ({ type: 'delete-requested', key, at })));
      const before = answers;
      answers = Promise.all(part.map((target) => this.#dele(target))).then(() => {});
      // It is awaited with the next part, or behind the last one.
      answers.catch(() => {});
      await before;
    }
    await answers;
  }

  /** Resolves when everything that was asked for soon is done. */
  async settle(): Promise<void> {
    await this.#underway;
  }

  /**
   * QUIT. Gives how many deletions the server confirmed and refused.
   *
   * @throws what kept its answer away, where it matters: only another session can tell what became of the deletions then.
   */
  async quit(): Promise<{ readonly confirmed: number; readonly refused: number }> {
    const asked = this.#accepted.length + this.#refused;
    try {
      await this.#client.quit();
    } catch (error) {
      if (!isPop3Error(error)) throw error;
      if (asked === 0) return { confirmed: 0, refused: 0 };
      this.#emit({ type: 'deletion-unconfirmed', messages: asked, reason: error.message });
      if (error instanceof CommandRejectedError) return { confirmed: 0, refused: asked };
      throw error;
    }
    if (this.#refused > 0) {
      const reason = 'the server refused DELE';
      this.#emit({ type: 'deletion-unconfirmed', messages: this.#refused, reason });
    }
    if (this.#accepted.length > 0) {
      await this.#ledger.commit(goneRecords(this.#accepted, this.#now()));
      this.#emit({ type: 'deleted', messages: this.#accepted.length });
    }
    return { confirmed: this.#accepted.length, refused: this.#refused };
  }

  /** Leaves out those that are others than the ledger's: to it, its own are not there any more. */
  async #confirmed(targets: readonly DeletionTarget[]): Promise<readonly DeletionTarget[]> {
    const marks = new Map<number, number>();
    for (const { messageNumber, headerMark: mark = Number.NaN } of targets)
      if (!Number.isNaN(mark)) marks.set(messageNumber, mark);
    if (marks.size === 0) return targets;
    const known = new Set(marks.values());
    const isKnown = (hash: string): boolean => known.has(headerMark(hash));
    const hashes = await readHeaderHashes(this.#client, [...marks.keys()], isKnown, this.#run);
    const isOther = ({ messageNumber }: DeletionTarget): boolean => {
      const [hash, mark] = [hashes.get(messageNumber), marks.get(messageNumber)];
      return hash !== undefined && mark !== undefined && headerMark(hash) !== mark;
    };
    const others = targets.filter(isOther);
    if (others.length === 0) return targets;
    const at = this.#now();
    await this.#ledger.commit(others.map(({ key }): LedgerRecord => ({ type: 'vanished', key, at })));
    this.#others += others.length;
    return targets.filter((target) => !isOther(target));
  }

  async #dele({ messageNumber, key }: DeletionTarget): Promise<void> {
    try {
      await this.#client.dele(messageNumber);
      this.#accepted.push(key);
    } catch (error) {
      if (!(error instanceof CommandRejectedError)) throw error;
      this.#refused++;
    }
  }
}

// Made one by one: there may be a hundred thousand.
function* goneRecords(keys: Iterable<string>, at: number): Generator<LedgerRecord, void, undefined> {
  for (const key of keys) yield { type: 'gone', key, at };
}

function* inParts<T>(items: Iterable<T>, size: number): Generator<readonly T[], void, undefined> {
  let part: T[] = [];
  for (const item of items) {
    part.push(item);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

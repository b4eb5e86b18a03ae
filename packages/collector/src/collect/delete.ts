import { CommandRejectedError, isPop3Error, type Pop3Client } from '@postrider/pop3';
import type { AccountLedger } from '../ledger/index.ts';
import type { LedgerRecord } from '../plan/index.ts';
import type { CollectListener } from './event.ts';

/** A message to delete: delivered, and recorded as such. */
export interface DeletionTarget {
  readonly messageNumber: number;
  readonly key: string;
}

/** Sends DELE for messages whose delivery is recorded, and believes in their deletion when QUIT was answered with +OK. */
export class Deleter {
  readonly #client: Pop3Client;
  readonly #ledger: AccountLedger;
  readonly #now: () => number;
  readonly #emit: CollectListener;
  readonly #accepted: string[] = [];
  #refused = 0;
  #underway: Promise<void> = Promise.resolve();

  constructor(client: Pop3Client, ledger: AccountLedger, now: () => number, emit: CollectListener) {
    this.#client = client;
    this.#ledger = ledger;
    this.#now = now;
    this.#emit = emit;
  }

  /** Asks for deletions while other things go on. {@link Deleter.settle} reports what goes wrong. */
  requestSoon(targets: readonly DeletionTarget[]): void {
    if (targets.length === 0) return;
    this.#underway = this.#underway.then(() => this.request(targets));
    this.#underway.catch(() => {});
  }

  /** Asks for deletions; the ledger knows before the server does. */
  async request(targets: readonly DeletionTarget[]): Promise<void> {
    if (targets.length === 0) return;
    const at = this.#now();
    await this.#ledger.commit(
      targets.map(({ key }): LedgerRecord => ({ type: 'delete-requested', key, at })),
    );
    await Promise.all(targets.map((target) => this.#dele(target)));
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
      const at = this.#now();
      await this.#ledger.commit(this.#accepted.map((key): LedgerRecord => ({ type: 'gone', key, at })));
      this.#emit({ type: 'deleted', messages: this.#accepted.length });
    }
    return { confirmed: this.#accepted.length, refused: this.#refused };
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

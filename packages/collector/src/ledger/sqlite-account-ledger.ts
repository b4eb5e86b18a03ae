import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LedgerEntry, LedgerRecord } from '../plan/index.ts';
import { applyRecord } from './apply-record.ts';
import { readEntries } from './entry-reader.ts';
import { LedgerError } from './error.ts';
import type { AccountLedger, LedgerRun } from './ledger.ts';
import { entryColumns, number, selectEntries, toColumns, toEntry } from './row.ts';
import { ledgerFailure } from './sqlite-failure.ts';

const keptRuns = 100;
// Entries that one commit holds before it writes them: there may be a hundred thousand.
const heldEntries = 100;

// Whoever opens an account to look, as a dry run does, leaves nothing behind.
const forgetUnused = `DELETE FROM account WHERE id = ?1 AND listed_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM entry WHERE account = ?1) AND NOT EXISTS (SELECT 1 FROM run WHERE account = ?1)`;

/** One account of a {@link SqliteLedger}, locked. */
export class SqliteAccountLedger implements AccountLedger {
  readonly account: string;
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #id: number;
  readonly #onClose: () => void;
  readonly #select: StatementSync;
  readonly #replace: StatementSync;
  readonly #remove: StatementSync;
  #closed = false;

  constructor(path: string, database: DatabaseSync, account: string, id: number, onClose: () => void) {
    this.account = account;
    this.#path = path;
    this.#database = database;
    this.#id = id;
    this.#onClose = onClose;
    const columns = ['account', ...entryColumns];
    this.#select = selectEntries(database, 'account = ? AND key = ?');
    this.#replace = database.prepare(
      `INSERT OR REPLACE INTO entry (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    this.#remove = database.prepare('DELETE FROM entry WHERE account = ? AND key = ?');
  }

  get firstRun(): boolean {
    return this.#guard(() => {
      const row = this.#database.prepare('SELECT listed_at FROM account WHERE id = ?').get(this.#id);
      return number(row?.['listed_at']) === undefined;
    });
  }

  entries(): AsyncGenerator<LedgerEntry, void> {
    return readEntries(this.#database, this.#id, (work) => this.#guard(work));
  }

  async commit(records: Iterable<LedgerRecord>): Promise<void> {
    this.#transaction(() => {
      // Several records about one message are common; its row is read and written once.
      const changed = new Map<string, LedgerEntry | undefined>();
      for (const record of records) {
        if (record.type === 'listing') this.#listing(record.complete, record.at);
        else {
          const key = 'message' in record ? record.message.key : record.key;
          changed.set(key, applyRecord(changed.has(key) ? changed.get(key) : this.#read(key), record));
          if (changed.size >= heldEntries) this.#write(changed);
        }
      }
      this.#write(changed);
    });
  }

  async recordRun(run: LedgerRun): Promise<void> {
    this.#transaction(() => {
      this.#database
        .prepare(
          `INSERT INTO run (account, started_at, ended_at, result, retrieved, octets, deleted, failed, message)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          this.#id,
          run.startedAt,
          run.endedAt,
          run.result,
          run.retrieved,
          run.octets,
          run.deleted,
          run.failed,
          run.message ?? null,
        );
      this.#database
        .prepare(
          'DELETE FROM run WHERE account = ?1 AND id NOT IN (SELECT id FROM run WHERE account = ?1 ORDER BY id DESC LIMIT ?2)',
        )
        .run(this.#id, keptRuns);
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#database.prepare(forgetUnused).run(this.#id);
    } catch {
      // An account without anything in it harms nobody.
    } finally {
      this.#onClose();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #read(key: string): LedgerEntry | undefined {
    const row = this.#select.get(this.#id, key);
    return row === undefined ? undefined : toEntry(row);
  }

  #write(changed: Map<string, LedgerEntry | undefined>): void {
    for (const [key, entry] of changed) {
      if (entry === undefined) this.#remove.run(this.#id, key);
      else this.#replace.run(this.#id, ...toColumns(entry));
    }
    changed.clear();
  }

  #listing(complete: boolean, at: number): void {
    if (complete) this.#database.prepare('UPDATE account SET listed_at = ? WHERE id = ?').run(at, this.#id);
  }

  #transaction(work: () => void): void {
    this.#guard(() => {
      this.#database.exec('BEGIN IMMEDIATE');
      try {
        work();
        this.#database.exec('COMMIT');
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  #guard<T>(work: () => T): T {
    if (this.#closed)
      throw new LedgerError('ERR_COLLECT_LEDGER_CLOSED', `the ledger of ${this.account} is closed`);
    try {
      return work();
    } catch (error) {
      throw ledgerFailure(this.#path, error);
    }
  }
}

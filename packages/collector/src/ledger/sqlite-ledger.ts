import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { makeFolders } from '../folder/index.ts';
import type { LedgerEntry } from '../plan/index.ts';
import { AccountLock } from './account-lock.ts';
import { openDatabase } from './database.ts';
import { readEntries } from './entry-reader.ts';
import { LedgerError } from './error.ts';
import type { AccountLedger, Ledger, LedgerAccountSummary, LedgerRun } from './ledger.ts';
import { number, text } from './row.ts';
import { SqliteAccountLedger } from './sqlite-account-ledger.ts';
import { ledgerFailure } from './sqlite-failure.ts';

/**
 * A ledger in one SQLite file, for all accounts. Every commit is durable (WAL, synchronous FULL). The file is made where there is none, readable
 * by its owner only; a damaged or newer one is an error, never an empty start.
 */
export class SqliteLedger implements Ledger {
  readonly path: string;
  readonly #database: DatabaseSync;
  // However links call it: its locks are the same for all.
  readonly #file: string;
  readonly #opened = new Set<SqliteAccountLedger>();
  #closed = false;

  /** @throws LedgerError */
  constructor(path: string) {
    this.path = path;
    try {
      makeFolders(dirname(path));
    } catch (cause) {
      throw ledgerFailure(path, cause, `the folder of the ledger ${path} cannot be made`);
    }
    this.#database = openDatabase(path);
    this.#file = realpathSync(path);
  }

  async openAccount(account: string): Promise<AccountLedger> {
    return this.#guard(() => {
      const lock = AccountLock.take(this.#file, account);
      if (lock === undefined) throw this.#locked(account);
      try {
        const database = this.#database;
        database.prepare('INSERT OR IGNORE INTO account (name) VALUES (?)').run(account);
        database
          .prepare('UPDATE account SET holder_pid = ?, holder_host = ?, held_since = ? WHERE name = ?')
          .run(process.pid, hostname(), Date.now(), account);
        const id =
          number(database.prepare('SELECT id FROM account WHERE name = ?').get(account)?.['id']) ?? 0;
        const opened = new SqliteAccountLedger(this.path, database, account, id, () => {
          lock.release();
          this.#opened.delete(opened);
        });
        this.#opened.add(opened);
        return opened;
      } catch (error) {
        lock.release();
        throw error;
      }
    });
  }

  async accounts(): Promise<readonly LedgerAccountSummary[]> {
    return this.#guard(() =>
      this.#database
        .prepare(
          'SELECT name, listed_at, (SELECT count(*) FROM entry WHERE account = id) AS entries FROM account ORDER BY name',
        )
        .all()
        .map((row) => ({
          account: text(row['name']) ?? '',
          entries: number(row['entries']) ?? 0,
          listedAt: number(row['listed_at']),
        })),
    );
  }

  async *entries(account: string): AsyncGenerator<LedgerEntry, void> {
    const id = this.#guard(() =>
      number(this.#database.prepare('SELECT id FROM account WHERE name = ?').get(account)?.['id']),
    );
    if (id !== undefined) yield* readEntries(this.#database, id, (work) => this.#guard(work));
  }

  async runs(account: string): Promise<readonly LedgerRun[]> {
    return this.#guard(() =>
      this.#database
        .prepare(
          'SELECT run.* FROM run JOIN account ON run.account = account.id WHERE name = ? ORDER BY run.id DESC LIMIT 100',
        )
        .all(account)
        .map((row) => ({
          startedAt: number(row['started_at']) ?? 0,
          endedAt: number(row['ended_at']) ?? 0,
          result: resultOf(row['result']),
          retrieved: number(row['retrieved']) ?? 0,
          octets: number(row['octets']) ?? 0,
          deleted: number(row['deleted']) ?? 0,
          failed: number(row['failed']) ?? 0,
          message: text(row['message']),
        })),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    for (const account of this.#opened) await account.close();
    this.#closed = true;
    this.#database.close();
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #locked(account: string): LedgerError {
    const row = this.#database.prepare('SELECT * FROM account WHERE name = ?').get(account) ?? {};
    const holder = {
      pid: number(row['holder_pid']) ?? 0,
      host: text(row['holder_host']) ?? '',
      since: number(row['held_since']) ?? 0,
    };
    return new LedgerError(
      'ERR_COLLECT_LEDGER_LOCKED',
      `${account} is being collected by process ${holder.pid} on ${holder.host} since ${new Date(holder.since).toISOString()}`,
      { holder, hint: 'Wait until it is done, or end that process.' },
    );
  }

  #guard<T>(work: () => T): T {
    if (this.#closed) throw new LedgerError('ERR_COLLECT_LEDGER_CLOSED', 'the ledger is closed');
    try {
      return work();
    } catch (error) {
      throw ledgerFailure(this.path, error);
    }
  }
}

function resultOf(value: unknown): LedgerRun['result'] {
  return value === 'done' || value === 'partial' || value === 'interrupted' ? value : 'failed';
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolders } from '../folder/index.ts';
import { isBusy } from './sqlite-failure.ts';

/**
 * Keeps an account for one collector. The lock is the operating system's, on a file beside the ledger, so it ends with the process, however that ends and
 * wherever it ran: process numbers and host names mean nothing between containers. SQLite is how Node gets at such a lock.
 */
export class AccountLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Undefined where another collector has the account. */
  static take(ledger: string, account: string): AccountLock | undefined {
    const folder = `${ledger}.locks`;
    makeFolders(folder);
    const name = createHash('sha256').update(account).digest('hex').slice(0, 32);
    const database = new DatabaseSync(join(folder, name), { timeout: 0 });
    try {
      database.exec('BEGIN EXCLUSIVE');
      return new AccountLock(database);
    } catch (error) {
      database.close();
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  release(): void {
    this.#database.close();
  }
}

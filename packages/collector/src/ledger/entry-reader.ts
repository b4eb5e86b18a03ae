import type { DatabaseSync } from 'node:sqlite';
import type { LedgerEntry } from '../plan/index.ts';
import { selectEntries, toEntry } from './row.ts';

// Few enough that a page is garbage before it is old: what lives for longer is collected late.
const pageSize = 100;

/** Reads an account's entries page by page, so that no statement stays open while other accounts commit. */
export async function* readEntries(
  database: DatabaseSync,
  account: number,
  guard: <T>(work: () => T) => T,
): AsyncGenerator<LedgerEntry, void> {
  const page = guard(() => selectEntries(database, 'account = ? AND key > ? ORDER BY key LIMIT ?'));
  for (let last = ''; ; ) {
    const rows = guard(() => page.all(account, last, pageSize));
    for (const row of rows) {
      const entry = toEntry(row);
      last = entry.key;
      yield entry;
    }
    if (rows.length < pageSize) return;
  }
}

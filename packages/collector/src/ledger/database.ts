import { chmodSync, existsSync, linkSync, lstatSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemErrorCode } from '../failure/index.ts';
import { LedgerError } from './error.ts';
import { number, text } from './row.ts';
import { applicationId, migrate, schemaVersion } from './schema.ts';
import { ledgerFailure } from './sqlite-failure.ts';

/**
 * Opens a ledger's file, or makes one where there is none. Commits are durable from here on.
 *
 * @throws LedgerError for what is damaged, empty, another program's, or a later version's: it is left as it is.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    removeUnfinished(path);
    if (!existsSync(path)) create(path);
    database = new DatabaseSync(path, { timeout: 5000 });
    const version = check(path, database);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    if (version < schemaVersion) migrate(database, version);
    return database;
  } catch (error) {
    database?.close();
    throw ledgerFailure(path, error);
  }
}

// Made aside and put in its place when it is whole, so that an empty file is always a damaged one.
function create(path: string): void {
  const fresh = `${path}.${process.pid}.new`;
  const leftovers = [fresh, `${fresh}-journal`];
  for (const file of leftovers) rmSync(file, { force: true });
  try {
    const database = new DatabaseSync(fresh);
    try {
      chmodSync(fresh, 0o600);
      migrate(database, 0);
    } finally {
      database.close();
    }
    putInPlace(fresh, path);
  } finally {
    for (const file of leftovers) rmSync(file, { force: true });
  }
}

function putInPlace(fresh: string, path: string): void {
  try {
    // Another process may have been faster, and its file may be in use.
    linkSync(fresh, path);
  } catch (error) {
    if (existsSync(path)) return;
    if (systemErrorCode(error) === 'EEXIST') {
      // SQLite would make an empty file where it leads to.
      throw new LedgerError(
        'ERR_COLLECT_LEDGER_ACCESS',
        `the ledger ${path}: it is a symbolic link that leads to nothing`,
        { hint: 'Restore what it leads to, or remove the link: then a new ledger is made.' },
      );
    }
    renameSync(fresh, path);
  }
}

// To make a ledger takes milliseconds: what is older was left by a crash.
const longestMaking = 60_000;

function removeUnfinished(path: string): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(basename(path)) || !/\.\d+\.new(?:-journal)?$/.test(name)) continue;
    const { mtimeMs = Date.now() } = lstatSync(join(folder, name), { throwIfNoEntry: false }) ?? {};
    if (Date.now() - mtimeMs > longestMaking) rmSync(join(folder, name), { force: true });
  }
}

/** Gives the version of its schema. */
function check(path: string, database: DatabaseSync): number {
  const version = number(database.prepare('PRAGMA user_version').get()?.['user_version']) ?? 0;
  const owner = number(database.prepare('PRAGMA application_id').get()?.['application_id']) ?? 0;
  const tables = number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n']) ?? 0;
  const hint = 'Restore it from a backup. It is never replaced by an empty one.';
  if (tables === 0) {
    throw new LedgerError('ERR_COLLECT_LEDGER_DAMAGED', `the ledger ${path}: it is empty`, { hint });
  }
  if (owner !== applicationId) {
    throw new LedgerError(
      'ERR_COLLECT_LEDGER_DAMAGED',
      `the ledger ${path}: it is a database of another program`,
      { hint: 'Name another file.' },
    );
  }
  if (version > schemaVersion) {
    throw new LedgerError('ERR_COLLECT_LEDGER_NEWER', `the ledger ${path} was written by a later version`, {
      hint: 'Use that version, or a later one.',
    });
  }
  // Its first line names the database only.
  const found = text(database.prepare('PRAGMA quick_check(1)').get()?.['quick_check']);
  if (found !== 'ok') {
    throw new LedgerError(
      'ERR_COLLECT_LEDGER_DAMAGED',
      `the ledger ${path}: its content is damaged: ${found?.split('\n').at(-1)}`,
      { hint },
    );
  }
  return version;
}

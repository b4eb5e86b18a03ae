import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { exitCode, ProgramError } from '../failure/index.ts';
import { makeFolders } from '../folder/make-folders.ts';

const SQLITE_BUSY = 5;

// Node closes a database that nothing leads to any more, and a promise that is only waited for leads to nothing.
const held = new Set<DatabaseSync>();

/** How a lock is waited for. */
export interface LockOptions {
  /** The longest wait, in milliseconds; 60,000 by default. */
  readonly milliseconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does some work while no other process, and nobody else in this one, does work under the same lock file.
 *
 * The file is an empty SQLite database, and the lock is SQLite's own: the operating system takes it away from a process that dies, however it
 * dies, so a lock is never left behind and a process number that was used again fools nobody.
 */
export async function exclusively<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const database = await openDatabase(path);
  held.add(database);
  try {
    await acquire(database, path, options);
    return await work();
  } finally {
    // Which rolls the empty transaction back.
    database.close();
    held.delete(database);
  }
}

async function openDatabase(path: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await import('node:sqlite');
  try {
    await makeFolders(dirname(path));
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw unusable(path, error);
  }
}

async function acquire(database: DatabaseSync, path: string, options: LockOptions): Promise<void> {
  const { milliseconds = 60_000, signal } = options;
  const deadline = performance.now() + milliseconds;
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return;
    } catch (error) {
      if (!isBusy(error)) throw unusable(path, error);
    }
    if (performance.now() >= deadline) {
      throw new ProgramError(
        `another process has held ${path} for ${milliseconds / 1000} seconds`,
        exitCode.temporary,
        'Wait until the other postrider has ended, or end it.',
      );
    }
    // Not in step with the others that wait.
    await sleep(10 + Math.random() * 40, undefined, { signal });
  }
}

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 0xff) === SQLITE_BUSY
  );
}

function unusable(path: string, cause: unknown): ProgramError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ProgramError(
    `the lock ${path} cannot be made: ${reason}`,
    exitCode.localIo,
    'Check that the folder can be written; XDG_STATE_HOME names another one.',
    cause,
  );
}

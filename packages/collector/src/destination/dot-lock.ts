import { randomBytes } from 'node:crypto';
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, processName } from './process.ts';

const longestWait = 10_000;
const longestPause = 200;
// A lock of another machine, or of another program, counts for as long as it or what it locks was touched: the convention of mail programs.
const longestIdle = 300_000;

/** The names of the files that a lock is made with, behind `FILE.lock.`: what a crash leaves of them locks nothing. */
export const lockPartName: RegExp = /^([0-9a-f]{8}-\d+-\d*)\.[0-9a-f]{8}(?:\.away)?$/;

/**
 * Locks a file as mail programs agree on: `FILE.lock`, made by a link, so that it holds over networks too. Node has no `fcntl` lock; programs that
 * use only that kind must not write to the file meanwhile. Undefined where another program keeps it locked for ten seconds.
 */
export async function takeDotLock(path: string): Promise<(() => void) | undefined> {
  const lock = `${path}.lock`;
  const own = `${lock}.${processName}.${randomBytes(4).toString('hex')}`;
  const file = openSync(own, 'wx', 0o600);
  try {
    try {
      writeSync(file, `${process.pid} ${hostname()} ${processName}\n`);
    } finally {
      closeSync(file);
    }
    for (let waited = 0, pause = 5; ; waited += pause, pause = Math.min(longestPause, 2 * pause)) {
      if (link(own, lock) || (breakAbandoned(path, lock, own) && link(own, lock)))
        return () => rmSync(lock, { force: true });
      if (waited >= longestWait) return undefined;
      await sleep(pause);
    }
  } finally {
    unlinkSync(own);
  }
}

function link(own: string, lock: string): boolean {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

// Moved away before it is removed, and looked at again: of two processes that find the same lock abandoned, the second must not take the first one's.
function breakAbandoned(path: string, lock: string, own: string): boolean {
  const found = readLock(lock);
  if (found === undefined || !isAbandoned(path, lock, found)) return false;
  const away = `${own}.away`;
  try {
    renameSync(lock, away);
  } catch {
    return false;
  }
  try {
    if (readLock(away) === found) return true;
    link(away, lock);
    return false;
  } finally {
    unlinkSync(away);
  }
}

function isAbandoned(path: string, lock: string, content: string): boolean {
  const owner = content.split(/\s/)[2] ?? '';
  const running = isRunning(owner);
  if (running !== undefined) return !running;
  const touched = Math.max(modified(lock), modified(path));
  return Date.now() - touched > longestIdle;
}

function readLock(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8').slice(0, 1000);
  } catch {
    return undefined;
  }
}

function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

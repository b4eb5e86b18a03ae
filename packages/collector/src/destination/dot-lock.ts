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
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, processName } from './process.ts';

const longestWait = 10_000;
const longestPause = 200;
// A lock of another machine, or of another program, counts for as long as it or what it locks was touched: the convention of mail programs.
const longestIdle = 300_000;

/** The names of the files that a lock is made with, behind `FILE.lock.`: what a crash leaves of them locks nothing. */
export const lockPartName: RegExp = /^([0-9a-f]{8}-\d+-\d*)\.[0-9a-f]{8}(?:\.away)?$/;

// By file, the one of this process that came last for its lock. It tells the next one when the lock was last given back.
const queues = new Map<string, Promise<number>>();

/**
 * Locks a file as mail programs agree on: `FILE.lock`, made by a link, so that it holds over networks too. Node has no `fcntl` lock; programs that
 * use only that kind must not write to the file meanwhile. Those of this process get it in the order they came. Undefined where another program keeps
 * it locked for ten seconds.
 */
export async function takeDotLock(path: string): Promise<(() => void) | undefined> {
  const key = resolve(path);
  const before = queues.get(key);
  const came = performance.now();
  const { promise, resolve: leave } = Promise.withResolvers<number>();
  const end = (at: number): void => {
    if (queues.get(key) === promise) queues.delete(key);
    leave(at);
  };
  queues.set(key, promise);
  // While others of this process had it in turn, nobody kept it locked.
  const since = before === undefined ? came : Math.max(came, await before);
  let unlock: (() => void) | undefined;
  try {
    unlock = await take(path, since);
  } finally {
    if (unlock === undefined) end(since);
  }
  if (unlock === undefined) return undefined;
  const remove = unlock;
  return () => {
    try {
      remove();
    } finally {
      end(performance.now());
    }
  };
}

/** Whether it is a Postrider of this machine, and a running one, that has a file locked. */
export function isLockedByPostrider(path: string): boolean {
  return isOwnerRunning(readLock(`${path}.lock`) ?? '') === true;
}

async function take(path: string, since: number): Promise<(() => void) | undefined> {
  const lock = `${path}.lock`;
  const own = `${lock}.${processName}.${randomBytes(4).toString('hex')}`;
  const file = openSync(own, 'wx', 0o600);
  try {
    try {
      writeSync(file, `${process.pid} ${hostname()} ${processName}\n`);
    } finally {
      closeSync(file);
    }
    for (let pause = 5; ; pause = Math.min(longestPause, 2 * pause)) {
      if (link(own, lock) || (breakAbandoned(path, lock, own) && link(own, lock)))
        return () => rmSync(lock, { force: true });
      if (performance.now() - since >= longestWait) return undefined;
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
  const running = isOwnerRunning(content);
  if (running !== undefined) return !running;
  const touched = Math.max(modified(lock), modified(path));
  return Date.now() - touched > longestIdle;
}

function isOwnerRunning(content: string): boolean | undefined {
  return isRunning(content.split(/\s/)[2] ?? '');
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

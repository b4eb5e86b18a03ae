import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { isRunning, processName } from './process.ts';

// What others of this kind do with what lies under `tmp` of a Maildir.
const longestUnfinished = 36 * 3_600_000;
const unfinished = /^[0-9a-f]{64}\.([0-9a-f]{8}-\d+-\d*)\.part$/;

/**
 * The name of a file that holds a message on its way. It says whose it is, so that a later process can tell what a crash left from what
 * another process, or another account of the same one, is writing.
 */
export function unfinishedName(id: string): string {
  return `${id}.${processName}.part`;
}

/**
 * Removes unfinished files whose process is dead. `prefix` is what their names have in front; `form` is the form of the rest, with the name of the
 * process as its first group.
 */
export function removeAbandoned(
  fileSystem: FileSystem,
  folder: string,
  prefix = '',
  form: RegExp = unfinished,
): void {
  for (const name of fileSystem.list(folder)) {
    if (!name.startsWith(prefix)) continue;
    const owner = form.exec(name.slice(prefix.length))?.[1];
    if (owner === undefined) continue;
    const path = join(folder, name);
    if (isRunning(owner) ?? isRecent(path)) continue;
    fileSystem.remove(path);
  }
}

function isRecent(path: string): boolean {
  return Date.now() - (lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < longestUnfinished;
}

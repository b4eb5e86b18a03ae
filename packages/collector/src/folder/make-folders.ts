import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemErrorCode } from '../failure/index.ts';

/**
 * Makes a folder and those above it, readable by their owner only; gives the first one that it made. The recursive form of Node's own call never returns
 * where a folder refuses new ones as though it did not exist, as those of /proc do.
 */
export function makeFolders(path: string): string | undefined {
  if (isFolder(path)) return undefined;
  const above = dirname(resolve(path));
  const first = existsSync(above) ? undefined : makeFolders(above);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (isFolder(path)) return first ?? path;
    // What stands there may be a symbolic link to a disk that is away: this says that it leads nowhere.
    if (systemErrorCode(error) === 'EEXIST') realpathSync(path);
    throw error;
  }
  return first ?? path;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

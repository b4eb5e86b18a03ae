import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { AccountConfig } from './schema.ts';

const fileKeys = ['ca', 'cert', 'key', 'password-file'] as const;

/** The home folder of the user. */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  const folder = env['HOME'] ?? '';
  return folder === '' ? homedir() : folder;
}

/** The working folder, which may have been removed: nothing asks for it where the path does not need it. */
export const here = '';

/** A path as somebody wrote it, seen from a folder; `~/` is the home folder, which no shell says in the middle of a word. */
export function resolveFrom(path: string, folder: string, home: string): string {
  return resolve(
    folder,
    path.replace(/^~(?=\/|$)/, () => home),
  );
}

/** Makes the paths of files of an account absolute: seen from the home folder, so that they mean the same from everywhere. */
export function resolvePaths(account: AccountConfig, home: string): AccountConfig {
  const resolved = { ...account };
  for (const key of fileKeys) {
    const path = account[key];
    if (path !== undefined) resolved[key] = resolveFrom(path, home, home);
  }
  return resolved;
}

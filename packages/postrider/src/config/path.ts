import { userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { AccountConfig } from './schema.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const fileKeys = ['ca', 'cert', 'key', 'password-file'] as const;

/** The home folder of the user: what HOME says where that is a whole path, otherwise what the system knows. */
export function homeFolder(env: Environment): string {
  const folder = env['HOME'] ?? '';
  return isAbsolute(folder) ? folder : userInfo().homedir;
}

/**
 * A folder of the user by the XDG specification: what the variable says where that is a whole path, as anything else is invalid; otherwise the usual
 * one below the home folder. So it never depends on the folder that the program was started in.
 */
export function userFolder(env: Environment, variable: string, usual: string): string {
  const folder = env[variable] ?? '';
  return isAbsolute(folder) ? folder : join(homeFolder(env), usual);
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

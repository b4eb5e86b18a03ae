import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// Debian puts daemons where the PATH of a plain user does not look.
const daemonFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The file that runs when `name` is called, or undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...daemonFolders];
  for (const folder of folders) {
    if (folder === '') continue;
    const file = join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      if (statSync(file).isFile()) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** What a test says about the programs that it needs: spread it into the options of `test` or `suite`. */
export interface Requirement {
  /** The reason for skipping, or false. */
  readonly skip: string | false;
}

/**
 * Lets a test run only where a program is installed.
 *
 * Where it is missing, the test reports itself skipped and names the program. With `POSTRIDER_INTEROP=required` it
 * is not skipped, so that it fails when it tries to start the program: see {@link program}.
 */
export function requireProgram(...names: readonly string[]): Requirement {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0 || process.env['POSTRIDER_INTEROP'] === 'required') return { skip: false };
  return { skip: `${missing.join(', ')} not installed` };
}

/** The file of an installed program. Throws, naming it, where it is missing. */
export function program(name: string): string {
  const file = findProgram(name);
  if (file === undefined) throw new Error(`${name} is not installed; these tests were told to require it.`);
  return file;
}

import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exitCode, ProgramError } from '../failure/index.ts';

/**
 * Puts a file that only its owner can read in the place of another one, or where there was none. There is always a whole one, the old or the new,
 * also after a loss of power, and nothing of the new one stays behind where it cannot be written.
 *
 * @param last Called when the new one is durable, before it takes its place: what it throws leaves the old one there.
 */
export async function replaceFile(
  path: string,
  text: string,
  last: () => Promise<void> = async () => {},
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await last();
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (error instanceof ProgramError) throw error;
    throw new ProgramError(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      exitCode.localIo,
      'Check the space on the disk, and the permissions of the folder.',
      error,
    );
  }
  await syncFolder(dirname(path));
}

// Windows cannot, and some file systems: the new one is in its place in any case.
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

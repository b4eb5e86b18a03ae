import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { exitCode, ProgramError } from '../failure/index.ts';

/**
 * Writes attachments into a folder that exists. Their names are the sender's: only a plain file name of them is used, and no file is ever
 * written over. Gives the paths.
 */
export async function saveAttachments(
  folder: string,
  attachments: readonly (readonly [name: string | null | undefined, content: Uint8Array])[],
): Promise<string[]> {
  const saved: string[] = [];
  for (const [index, [name, content]] of attachments.entries()) {
    saved.push(await saveOne(folder, safeName(name ?? '', index + 1), content));
  }
  return saved;
}

/** A name that stays in its folder and holds nothing strange. */
export function safeName(name: string, number: number): string {
  const plain = basename(name.replaceAll('\\', '/'))
    .replace(/[^\p{L}\p{N}._ ()+,=@-]/gu, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
    .slice(0, 120);
  return plain === '' ? `attachment-${number}` : plain;
}

async function saveOne(folder: string, name: string, content: Uint8Array): Promise<string> {
  for (let count = 0; count < 1000; count++) {
    const dot = name.lastIndexOf('.');
    const numbered = dot > 0 ? `${name.slice(0, dot)}-${count}${name.slice(dot)}` : `${name}-${count}`;
    const path = join(folder, count === 0 ? name : numbered);
    try {
      const file = await open(path, 'wx', 0o600);
      try {
        await file.writeFile(content);
      } finally {
        await file.close();
      }
      return path;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
      const reason = error instanceof Error ? error.message : String(error);
      throw new ProgramError(
        `an attachment cannot be saved: ${reason}`,
        exitCode.cannotCreate,
        'The folder has to exist, and to be writable.',
        error,
      );
    }
  }
  throw new ProgramError(
    `there are too many files named ${name} in ${folder}`,
    exitCode.cannotCreate,
    'Choose another folder.',
  );
}

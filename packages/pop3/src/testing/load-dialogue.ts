import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dialogue } from './dialogue.ts';
import { parseDialogue } from './parse-dialogue.ts';

/**
 * Reads every `*.dialogue` file in a folder and the folders in it, in the order of their names. Their `file` is the path
 * below the folder, with `/` between its parts.
 *
 * @throws DialogueError for the first one that is malformed.
 */
export async function loadDialogues(folder: string | URL): Promise<Dialogue[]> {
  const root = typeof folder === 'string' ? folder : fileURLToPath(folder);
  const names = await readdir(root, { recursive: true });
  const files = names.filter((name) => name.endsWith('.dialogue')).sort();
  return await Promise.all(
    files.map(async (name) =>
      parseDialogue(await readFile(join(root, name), 'utf8'), name.split(sep).join('/')),
    ),
  );
}

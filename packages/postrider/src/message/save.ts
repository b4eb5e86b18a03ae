import { open, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { exitCode, ProgramError } from '../failure/index.ts';
import { makeFolders } from '../folder/make-folders.ts';

// File systems take 255 octets; some of them are for a number.
const longestName = 200;

/**
 * Writes attachments into a folder, which is made where there is none. Their names are the sender's: only a plain file name of them is
 * used, links are not followed, and no file is ever written over. Gives the paths.
 */
export async function saveAttachments(
  folder: string,
  attachments: readonly (readonly [name: string | null | undefined, content: Uint8Array])[],
): Promise<string[]> {
  try {
    await makeFolders(folder);
  } catch (error) {
    throw cannotSave(error);
  }
  const saved: string[] = [];
  for (const [index, [name, content]] of attachments.entries()) {
    saved.push(await saveOne(folder, safeName(name ?? '', index + 1), content));
  }
  return saved;
}

/** A name that stays in its folder and holds nothing strange: letters, digits, and what is harmless in a shell and on every system. */
export function safeName(name: string, number: number): string {
  const plain = basename(name.replaceAll('\\', '/'))
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._ ()+,=@-]/gu, '_')
    .replace(/^[-.\s]+|[.\s]+$/g, '');
  if (plain === '') return `attachment-${number}`;
  const safe = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(plain) ? `_${plain}` : plain;
  return shorten(safe);
}

// The extension stays: it says what the file is.
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= longestName) return name;
  const extension = extname(name);
  const end = Buffer.byteLength(extension) <= 20 ? extension : '';
  const room = longestName - Buffer.byteLength(end);
  let short = '';
  let octets = 0;
  for (const character of name) {
    octets += Buffer.byteLength(character);
    if (octets > room) break;
    short += character;
  }
  return short + end;
}

async function saveOne(folder: string, name: string, content: Uint8Array): Promise<string> {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  for (let count = 0; count < 1000; count++) {
    const path = join(folder, count === 0 ? name : `${stem}-${count}${extension}`);
    try {
      await writeNew(path, content);
      return path;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
      throw cannotSave(error);
    }
  }
  throw new ProgramError(
    `there are too many files named ${name} in ${folder}`,
    exitCode.cannotCreate,
    'Choose another folder.',
  );
}

// Exclusive: a file, or a link that somebody put there, is never opened. What could not be written whole does not stay.
async function writeNew(path: string, content: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function cannotSave(error: unknown): ProgramError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ProgramError(
    `an attachment cannot be saved: ${reason}`,
    exitCode.cannotCreate,
    'The folder has to be one that you can write to.',
    error,
  );
}

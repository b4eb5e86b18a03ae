import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileSystem } from './file-system.ts';

/** One message of a group, in a file of its own. */
export interface MboxPart {
  readonly id: string;
  readonly path: string;
  readonly octets: number;
}

/** What an mbox file is getting, or got last. */
export interface MboxJournal {
  /** Octets of the file before the group; without a group, of the whole file. In journals of older versions that is 0. */
  readonly length: number;
  /** What is put between those and the group. */
  readonly gap: string;
  /** The group that is being appended; empty where none is. */
  readonly parts: readonly MboxPart[];
  /** The beginning of the group, one character an octet. */
  readonly head: string;
  /** Messages that are in the file for sure, and that the ledger may not know of. */
  readonly ids: readonly string[];
}

/**
 * Reads the journal; undefined where there is none. It says what is cut off and removed, and others may write to folders that hold mbox files: only
 * one of our own is believed, and its parts are files beside it.
 *
 * @throws Error where it is a link, somebody else's, or no journal.
 */
export function readJournal(path: string): MboxJournal | undefined {
  const text = readOwn(path);
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  if (!isJournal(value)) throw new Error(`${path} is no journal of an mbox file`);
  const parts = value.parts.map((part) => ({ ...part, path: join(dirname(path), basename(part.path)) }));
  return { ...value, parts };
}

function readOwn(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const stats = fstatSync(file);
    const own = process.getuid === undefined || stats.uid === process.getuid();
    if (!stats.isFile() || !own)
      throw new Error(`${path} was not made by this user: look at it, and remove it`);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Replaces the journal, durably: the old one or the new one is there, whatever happens. */
export async function writeJournal(
  path: string,
  journal: MboxJournal,
  fileSystem: FileSystem,
): Promise<void> {
  const fresh = `${path}.new`;
  fileSystem.remove(fresh);
  const file = fileSystem.create(fresh);
  try {
    fileSystem.write(file, Buffer.from(`${JSON.stringify(journal)}\n`));
    await fileSystem.sync(file, fresh);
  } finally {
    fileSystem.close(file);
  }
  fileSystem.rename(fresh, path);
  await fileSystem.syncFolder(dirname(path));
}

function isJournal(value: unknown): value is MboxJournal {
  return (
    typeof value === 'object' &&
    value !== null &&
    'length' in value &&
    typeof value.length === 'number' &&
    'gap' in value &&
    typeof value.gap === 'string' &&
    'head' in value &&
    typeof value.head === 'string' &&
    'parts' in value &&
    Array.isArray(value.parts) &&
    value.parts.every(isPart) &&
    'ids' in value &&
    Array.isArray(value.ids) &&
    value.ids.every((id: unknown) => typeof id === 'string')
  );
}

function isPart(value: unknown): value is MboxPart {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'path' in value &&
    typeof value.path === 'string' &&
    'octets' in value &&
    typeof value.octets === 'number'
  );
}

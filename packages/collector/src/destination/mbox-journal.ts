import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
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

/** Reads the journal; undefined where there is none. */
export function readJournal(path: string): MboxJournal | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const value: unknown = JSON.parse(text);
  if (isJournal(value)) return value;
  throw new Error(`${path} is no journal of an mbox file`);
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
    'ids' in value &&
    Array.isArray(value.ids)
  );
}

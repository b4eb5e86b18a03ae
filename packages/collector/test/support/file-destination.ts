import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileSystem } from '../../src/destination/file-system.ts';
import { type Destination, EmlDestination, MaildirDestination, MboxDestination } from '../../src/index.ts';
import { readMbox } from './read-mbox.ts';

/** The destinations that are files. */
export const fileKinds = ['maildir', 'mbox', 'eml'] as const;

/** A destination of some kind, at `folder/kind`. */
export function makeDestination(kind: string, folder: string, fileSystem?: FileSystem): Destination {
  const path = join(folder, kind);
  switch (kind) {
    case 'maildir':
      return new MaildirDestination({ path, fileSystem });
    case 'mbox':
      return new MboxDestination({ path, fileSystem });
    default:
      return new EmlDestination({ path, fileSystem });
  }
}

/** The messages that a mail program would see there, with LF line ends, sorted. */
export function visibleMessages(kind: string, folder: string): string[] {
  const path = join(folder, kind);
  if (!existsSync(path)) return [];
  if (kind === 'mbox') return readMbox(path).sort();
  const folders = kind === 'maildir' ? ['new', 'cur'].map((name) => join(path, name)) : [path];
  return folders
    .filter((name) => existsSync(name))
    .flatMap((name) => readdirSync(name).map((file) => join(name, file)))
    .filter((file) => kind === 'maildir' || file.endsWith('.eml'))
    .map((file) => readFileSync(file, 'latin1').replaceAll('\r\n', '\n'))
    .sort();
}

/**
 * Files that hold messages on their way, and locks: there are none when a run has ended. An mbox file's journal may stay after a crash, with the ids of messages
 * that did not come again.
 */
export function leftovers(kind: string, folder: string): string[] {
  const path = join(folder, kind);
  if (kind === 'maildir') return readdirSync(join(path, 'tmp'));
  if (kind === 'eml') return readdirSync(path).filter((file) => !file.endsWith('.eml'));
  return readdirSync(folder).filter((file) => file.startsWith('mbox.') && file !== 'mbox.postrider');
}

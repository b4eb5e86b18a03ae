import * as fs from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { makeFolders } from '../folder/index.ts';
import { isTemporaryFileSystem } from './temporary.ts';

/**
 * The calls that destinations make. Small writes go through the synchronous ones, which cost a tenth of their asynchronous forms; whatever
 * waits for a disk is asynchronous, so that the network goes on meanwhile. Tests let each fail in turn.
 */
export interface FileSystem {
  /** Creates a file that must not exist, readable by its owner only. */
  create(path: string): number;
  /** Opens an existing file, or a new one, for appending and reading. Follows no link. */
  openAppend(path: string): number;
  write(file: number, octets: Uint8Array): void;
  truncate(file: number, length: number): void;
  size(file: number): number;
  close(file: number): void;
  /** Makes the content of a file durable. */
  sync(file: number, path: string): Promise<void>;
  /** Makes the names in a folder durable. */
  syncFolder(path: string): Promise<void>;
  /** A second name; fails with EEXIST where there is one. */
  link(from: string, to: string): void;
  rename(from: string, to: string): void;
  /** Removes a file, if there is one. */
  remove(path: string): void;
  exists(path: string): boolean;
  list(path: string): string[];
  /** Creates a folder and those above it, readable by their owner only and durable, where there is none. */
  makeFolder(path: string): void;
}

const datasync = promisify(fs.fdatasync);
const fsync = promisify(fs.fsync);
const settled = Promise.resolve();
const volatileFolders = new Map<string, boolean>();

function isVolatile(folder: string): boolean {
  const known = volatileFolders.get(folder);
  if (known !== undefined) return known;
  const found = isTemporaryFileSystem(folder);
  volatileFolders.set(folder, found);
  return found;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = fs.constants;

/** The real one. */
export const nodeFileSystem: FileSystem = {
  create: (path) => fs.openSync(path, 'wx', 0o600),
  openAppend: (path) => fs.openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600),
  write: (file, octets) => {
    for (let position = 0; position < octets.length; ) {
      position += fs.writeSync(file, octets, position, octets.length - position);
    }
  },
  truncate: (file, length) => fs.ftruncateSync(file, length),
  size: (file) => fs.fstatSync(file).size,
  close: (file) => fs.closeSync(file),
  // Where nothing can be made durable, a trip through the thread pool would cost more than all the rest.
  sync: (file, path) => (isVolatile(path.slice(0, path.lastIndexOf(sep))) ? settled : datasync(file)),
  syncFolder: async (path) => {
    if (isVolatile(path)) return;
    const folder = fs.openSync(path, 'r');
    try {
      await fsync(folder);
    } finally {
      fs.closeSync(folder);
    }
  },
  link: (from, to) => fs.linkSync(from, to),
  rename: (from, to) => fs.renameSync(from, to),
  remove: (path) => {
    try {
      fs.unlinkSync(path);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  },
  exists: (path) => fs.existsSync(path),
  list: (path) => fs.readdirSync(path),
  makeFolder: (path) => {
    const first = makeFolders(path);
    if (first !== undefined) syncNewFolders(dirname(resolve(first)), dirname(resolve(path)));
  },
};

// Mail in a folder whose own name is lost is lost too.
function syncNewFolders(highest: string, lowest: string): void {
  for (let path = lowest; ; path = dirname(path)) {
    const folder = fs.openSync(path, 'r');
    try {
      fs.fsyncSync(folder);
    } finally {
      fs.closeSync(folder);
    }
    if (path.length <= highest.length) return;
  }
}

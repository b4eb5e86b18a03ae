import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { fieldOf, headerOf, longestHeader } from './header-field.ts';

const usualHeader = 16_384;
// One for all: nobody keeps what is in it.
const scratch = Buffer.allocUnsafe(longestHeader);
// A pipe in the place of a file must not keep anybody waiting.
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/** What is said of a file that cannot be read, or is none: no message is the same. */
export const unreadable = 'unreadable';

/**
 * What tells the message in a file from others: its Message-ID, or all of its header where it has none. Servers change other fields between two
 * retrievals, and the body is not looked at.
 *
 * @throws Error where it cannot be read.
 */
export function identityOf(path: string): string {
  const octets = readHeader(path);
  const messageId = fieldOf(octets, 'message-id');
  return messageId === undefined ? `header ${headerOf(octets)}` : `message-id ${messageId}`;
}

/** The same for a file that anybody may have put there; undefined where there is none. */
export function identityAt(path: string): string | undefined {
  try {
    return identityOf(path);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : unreadable;
  }
}

/** The id that a message gets where another one has its own: the same each time that it comes. */
export function nextId(id: string, identity: string): string {
  return hash('sha256', Buffer.from(`${id}\0${identity}`, 'latin1'));
}

function readHeader(path: string): Buffer {
  const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) throw new Error(`${path} is no file`);
    const octets = readStart(file, usualHeader);
    const isCut = octets.length === usualHeader && headerOf(octets).length === usualHeader;
    return isCut ? readStart(file, longestHeader) : octets;
  } finally {
    closeSync(file);
  }
}

function readStart(file: number, length: number): Buffer {
  let octets = 0;
  while (octets < length) {
    const read = readSync(file, scratch, octets, length - octets, octets);
    if (read === 0) break;
    octets += read;
  }
  return scratch.subarray(0, octets);
}

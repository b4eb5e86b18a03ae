import { readdir, realpath, stat } from 'node:fs/promises';
import { FolderMaildrop, MaildirMaildrop, type Maildrop, MboxMaildrop } from '@postrider/pop3/server';
import { exitCode, ProgramError } from '../failure/index.ts';

/** A maildrop over files, and what it is. */
export interface OpenedFiles {
  readonly maildrop: Maildrop;
  /** For people: `the Maildir`. */
  readonly kind: string;
  readonly messages: number;
}

/** Opens a Maildir, an mbox file or a folder of .eml files, whichever it is; links that the user names are followed. */
export async function openMaildrop(path: string, writable: boolean): Promise<OpenedFiles> {
  try {
    const { maildrop, kind } = await recognise(await realpath(path), writable);
    // What is wrong with it is said now, and not to the first client.
    const opened = await maildrop.open();
    const messages = opened.messages.length;
    await opened.close();
    return { maildrop, kind, messages };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = missing ? 'it does not exist' : error instanceof Error ? error.message : String(error);
    throw new ProgramError(
      `${path} cannot be served: ${reason}`,
      exitCode.localIo,
      'Give a Maildir, an mbox file, or a folder of .eml files.',
      error,
    );
  }
}

async function recognise(path: string, writable: boolean): Promise<{ maildrop: Maildrop; kind: string }> {
  if (!(await stat(path)).isDirectory())
    return { maildrop: new MboxMaildrop(path, { writable }), kind: 'the mbox' };
  const names = new Set(await readdir(path));
  return ['cur', 'new'].every((name) => names.has(name))
    ? { maildrop: new MaildirMaildrop(path, { writable }), kind: 'the Maildir' }
    : { maildrop: new FolderMaildrop(path, { writable }), kind: 'the .eml files of' };
}

import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { MaildropInUseError } from './maildrop.ts';
import type { MboxRange } from './mbox-scan.ts';
import { type OpenRange, openPlainFile } from './stored-content.ts';

/**
 * Writes an mbox file without some of its messages. The new file takes the old one's place in one step, so that a crash leaves one of both.
 * What another program appends meanwhile comes along.
 *
 * @param choose - which messages of the file as it is now are to go.
 * @throws MaildropInUseError where another program has its lock file.
 */
export async function rewriteMbox(
  path: string,
  choose: (range: OpenRange) => Promise<readonly MboxRange[]>,
): Promise<void> {
  const unlock = await lock(`${path}.lock`);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const old = await openPlainFile(path);
    try {
      const { mode, uid, gid } = await old.file.stat();
      const written = await open(temporary, 'wx', mode & 0o7777);
      try {
        // Only a privileged process can keep another owner; whoever may not, is the owner already or may write by group.
        await written.chown(uid, gid).catch(() => {});
        await copyKept(old, await choose(old), written);
        await written.sync();
        await rename(temporary, path);
        // Nobody finds the old file any more, but whoever had it open may have written to it.
        await copy(old.file, old.end, (await old.file.stat()).size, written);
        await written.sync();
      } finally {
        await written.close();
      }
    } finally {
      await old.file.close();
    }
  } finally {
    await rm(temporary, { force: true });
    await unlock();
  }
}

async function copyKept(old: OpenRange, removed: readonly MboxRange[], to: FileHandle): Promise<void> {
  let position = 0;
  for (const { separator, end } of removed) {
    await copy(old.file, position, separator, to);
    position = await behindBlankLine(old, end);
  }
  await copy(old.file, position, old.end, to);
}

/** The blank line behind a message goes with it. */
async function behindBlankLine({ file, end: size }: OpenRange, end: number): Promise<number> {
  const octets = Buffer.alloc(Math.min(2, size - end));
  await file.read(octets, 0, octets.length, end);
  const text = octets.toString('latin1');
  if (text === '\r\n') return end + 2;
  return text.startsWith('\n') ? end + 1 : end;
}

async function copy(from: FileHandle, start: number, end: number, to: FileHandle): Promise<void> {
  const window = Buffer.alloc(Math.min(1 << 20, Math.max(0, end - start)));
  for (let position = start; position < end; ) {
    const { bytesRead } = await from.read(window, 0, Math.min(window.length, end - position), position);
    if (bytesRead === 0) throw new Error('the mbox has become shorter');
    await to.writeFile(window.subarray(0, bytesRead));
    position += bytesRead;
  }
}

async function lock(path: string): Promise<() => Promise<void>> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw new MaildropInUseError(
      `${path} cannot be made: another program has the mbox, or the folder is not ours`,
      {
        cause,
        hint: 'Where no program uses the mbox, remove that file.',
      },
    );
  });
  await file.close();
  return () => rm(path, { force: true });
}

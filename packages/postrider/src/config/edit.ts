import { access, constants, lstat, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exitCode, ProgramError } from '../failure/index.ts';
import { makeFolders } from '../folder/make-folders.ts';
import { replaceFile } from '../folder/replace-file.ts';
import { parseConfig } from './config.ts';
import { isBelow, listEntries } from './place.ts';
import type { AccountConfig } from './schema.ts';

/** Adds an account to a configuration file, behind what is there. The file is made where there is none, readable by its owner only. */
export async function addAccount(path: string, name: string, account: AccountConfig): Promise<void> {
  const before = await readOptional(path);
  await writeOver(path, before, await withAccount(path, before, name, account));
}

/** Says whether an account could be added, before anything is done for it. @throws as {@link addAccount} */
export async function checkAddition(path: string, name: string, account: AccountConfig): Promise<void> {
  await requireReplaceable(path);
  await withAccount(path, await readOptional(path), name, account);
}

/** Takes an account out of a configuration file: its tables and keys. All else stays as it was written, comments too. */
export async function removeAccount(path: string, name: string): Promise<void> {
  const before = await readFile(path, 'utf8');
  await writeOver(path, before, await withoutAccount(path, before, name));
}

/** Says whether an account could be taken out, before anything is done for it. @throws as {@link removeAccount} */
export async function checkRemoval(path: string, name: string): Promise<void> {
  await requireReplaceable(path);
  await withoutAccount(path, await readFile(path, 'utf8'), name);
}

async function withAccount(
  path: string,
  before: string,
  name: string,
  account: AccountConfig,
): Promise<string> {
  const { stringify } = await import('smol-toml');
  const table = stringify({ accounts: { [name]: account } }).replace(/^\[accounts\]\n+/, '');
  const gap = before === '' || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n';
  const after = `${before}${gap}${table.trimEnd()}\n`;
  const { accounts } = await parseConfig(after, path).catch(() => ({ accounts: undefined }));
  if (accounts?.has(name) !== true) {
    throw new ProgramError(
      `${path}: nothing can be added behind what is written there`,
      exitCode.configuration,
      `Write each account as a table of its own: [accounts.${name}]`,
    );
  }
  return after;
}

async function withoutAccount(path: string, before: string, name: string): Promise<string> {
  const mine = listEntries(before).filter(
    ({ type, path: keys }) => type !== 'inline' && isBelow(keys, ['accounts', name]),
  );
  let after = before;
  // From the end, so that the places of those before stay true. A table takes its values along.
  for (const entry of mine.toReversed()) {
    const covered = mine.some(
      ({ type, start, end }) => type === 'table' && start < entry.start && entry.end <= end,
    );
    if (!covered) after = cut(after, entry.start, entry.end);
  }
  const { accounts } = await parseConfig(after, path);
  if (accounts?.has(name) === true) {
    throw new ProgramError(
      `${path}: ${name} stands inside a table that is written in one line`,
      exitCode.configuration,
      'Take it out by hand.',
    );
  }
  return after;
}

// With the rest of its last line, a comment perhaps, and with one of the empty lines around it.
function cut(text: string, start: number, end: number): string {
  const lineEnd = text.indexOf('\n', end);
  const head = text.slice(0, start);
  const tail = lineEnd === -1 ? '' : text.slice(lineEnd + 1);
  if (tail === '') return head.replace(/\n+$/, '\n');
  return head === '' || head.endsWith('\n\n') ? head + tail.replace(/^\r?\n/, '') : head + tail;
}

async function readOptional(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

async function writeOver(path: string, before: string, after: string): Promise<void> {
  await requireReplaceable(path);
  await replaceFile(path, after, async () => {
    if ((await readOptional(path)) === before) return;
    throw new ProgramError(
      `${path} was changed by somebody else meanwhile`,
      exitCode.temporary,
      'Nothing was written. Try again.',
    );
  });
}

async function requireReplaceable(path: string): Promise<void> {
  const folder = dirname(path);
  await makeFolders(folder);
  await access(folder, constants.W_OK);
  await refuseLink(path);
}

// A link is not followed: what it leads to may not be ours.
async function refuseLink(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats?.isSymbolicLink() !== true) return;
  throw new ProgramError(
    `${path} is a symbolic link, and links are not written through`,
    exitCode.configuration,
    'Name the file that it leads to with --config, or edit it by hand.',
  );
}

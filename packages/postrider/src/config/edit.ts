import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AccountConfig } from './schema.ts';

/** Adds an account to a configuration file, behind what is there. The file is made where there is none, readable by its owner only. */
export async function addAccount(path: string, name: string, account: AccountConfig): Promise<void> {
  const { stringify } = await import('smol-toml');
  const before = await readOptional(path);
  const table = stringify({ accounts: { [name]: account } });
  const gap = before === '' || before.endsWith('\n\n') ? '' : before.endsWith('\n') ? '\n' : '\n\n';
  await replaceFile(path, `${before}${gap}${table.replace(/^\[accounts\]\n+/, '')}\n`);
}

/** Takes an account out of a configuration file: its table, and the tables below it. All else stays as it was written. */
export async function removeAccount(path: string, name: string): Promise<boolean> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  const kept: string[] = [];
  let inside = false;
  let found = false;
  for (const line of lines) {
    const heading = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1];
    if (heading !== undefined) inside = isOf(heading, name);
    if (inside) found = true;
    else kept.push(line);
  }
  if (found) await replaceFile(path, kept.join('\n').replace(/\n{3,}/g, '\n\n'));
  return found;
}

function isOf(heading: string, name: string): boolean {
  const plain = heading.replace(/["']/g, '').replace(/\s*\.\s*/g, '.');
  return plain === `accounts.${name}` || plain.startsWith(`accounts.${name}.`);
}

async function readOptional(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

// There is always a whole file, the old one or the new one.
async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { secret } from '@postrider/pop3';
import { exitCode, ProgramError } from '../failure/index.ts';
import { makeFolders } from '../folder/make-folders.ts';
import { replaceFile } from '../folder/replace-file.ts';
import { exclusively } from '../lock/exclusive.ts';
import type { SecretStore } from './keyring.ts';

/** Secrets in a file that only its owner can read: for machines without a keyring. */
export function openSecretFile(path: string): SecretStore {
  // Two processes that change it at once must not undo each other's changes.
  const change = <T>(work: (all: Map<string, string>) => Promise<T>): Promise<T> =>
    exclusively(`${path}.lock`, async () => work(await readAll(path)));
  return {
    description: path,
    get: async (name) => {
      const value = (await readAll(path)).get(name);
      return value === undefined ? undefined : secret(value);
    },
    set: (name, value) => change((all) => writeAll(path, all.set(name, value.reveal()))),
    remove: async (name) => {
      // Most often there is nothing to remove, and not even a folder for the lock.
      if (!(await readAll(path)).has(name)) return false;
      return change(async (all) => {
        if (!all.delete(name)) return false;
        await writeAll(path, all);
        return true;
      });
    },
  };
}

async function readAll(path: string): Promise<Map<string, string>> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
      throw new ProgramError(
        `${path} holds secrets, and others can read it`,
        exitCode.configuration,
        `Run: chmod 600 ${path}`,
      );
    }
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
  return parse(path, text);
}

function parse(path: string, text: string): Map<string, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What the parser says would quote the secrets.
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ProgramError(
      `${path} is damaged: it is no JSON object`,
      exitCode.localIo,
      'Restore it, or remove it and run postrider login for each account.',
    );
  }
  return new Map(
    Object.entries(value).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one]] : [])),
  );
}

async function writeAll(path: string, secrets: ReadonlyMap<string, string>): Promise<void> {
  await makeFolders(dirname(path));
  await replaceFile(path, `${JSON.stringify(Object.fromEntries(secrets), undefined, 2)}\n`);
}

import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { secret } from '@postrider/pop3';
import { exitCode, ProgramError } from '../failure/index.ts';
import type { SecretStore } from './keyring.ts';

/** Secrets in a file that only its owner can read: for machines without a keyring. */
export function openSecretFile(path: string): SecretStore {
  return {
    description: path,
    get: async (name) => {
      const value = (await readAll(path)).get(name);
      return value === undefined ? undefined : secret(value);
    },
    set: async (name, value) => {
      const all = await readAll(path);
      await writeAll(path, all.set(name, value.reveal()));
    },
    remove: async (name) => {
      const all = await readAll(path);
      if (!all.delete(name)) return false;
      await writeAll(path, all);
      return true;
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
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(
    Object.entries(value).flatMap(([name, one]) => (typeof one === 'string' ? [[name, one]] : [])),
  );
}

// A new file takes the place of the old one, so that there is always a whole one.
async function writeAll(path: string, secrets: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(Object.fromEntries(secrets), undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

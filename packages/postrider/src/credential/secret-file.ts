import { open } from 'node:fs/promises';
import { type Secret, secret } from '@postrider/pop3';
import { exitCode, ProgramError } from '../failure/index.ts';
import type { Io } from '../io.ts';

const longest = 65_536;

/** The first line of a file that only its owner can read, or of standard input (`-`). */
export async function readFromFile(path: string, io: Io): Promise<Secret<string>> {
  const text = path === '-' ? await readInput(io) : await readPrivate(path);
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  if (line !== '') return secret(line);
  const where = path === '-' ? 'standard input' : path;
  throw new ProgramError(
    `there is no password in ${where}`,
    exitCode.localIo,
    'It has to stand on the first line.',
  );
}

async function readInput(io: Io): Promise<string> {
  let text = '';
  for await (const piece of io.stdin) {
    text += typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8');
    if (text.includes('\n') || text.length > longest) break;
  }
  return text;
}

async function readPrivate(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
        throw new ProgramError(
          `the password file ${path} can be read by others (mode ${(mode & 0o777).toString(8)})`,
          exitCode.configuration,
          `Run: chmod 600 ${path}`,
        );
      }
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size || longest, longest)), 0);
      return buffer.subarray(0, bytesRead).toString('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof ProgramError) throw error;
    const reason =
      error instanceof Error ? error.message.replace(/^([A-Z]+): ([^,]+).*$/s, '$2') : String(error);
    throw new ProgramError(
      `the password file ${path} cannot be read: ${reason}`,
      exitCode.localIo,
      'Check the path and its permissions.',
      error,
    );
  }
}

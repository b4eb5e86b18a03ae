import { open } from 'node:fs/promises';
import { type Secret, secret } from '@postrider/pop3';
import { exitCode, ProgramError, UsageError } from '../failure/index.ts';
import type { Io } from '../io.ts';
import { firstLine, utf8Hint } from './first-line.ts';

const longest = 65_536;

/** The first line of a file that only its owner can read, or of standard input (`-`). */
export async function readFromFile(path: string, io: Io): Promise<Secret<string>> {
  const line = firstLine(path === '-' ? await readInput(io) : await readPrivate(path));
  const where = path === '-' ? 'standard input' : path;
  if (line === undefined)
    throw new ProgramError(`the password in ${where} is not UTF-8`, exitCode.localIo, utf8Hint);
  if (line !== '') return secret(line);
  throw new ProgramError(
    `there is no password in ${where}`,
    exitCode.localIo,
    'It has to stand on the first line.',
  );
}

async function readInput({ stdin, signal }: Io): Promise<Uint8Array> {
  if (stdin.isTTY === true) {
    throw new UsageError(
      'standard input is a terminal, where the password would be seen',
      'Pipe it in, or leave --password-file out: then it is asked for, and hidden.',
    );
  }
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([inputOctets(stdin), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

// It can be read once only, and the password is for every account of the run, as that of a file is.
const inputs = new WeakMap<Io['stdin'], Promise<Uint8Array>>();

function inputOctets(stdin: Io['stdin']): Promise<Uint8Array> {
  const octets = inputs.get(stdin) ?? firstOctets(stdin);
  inputs.set(stdin, octets);
  return octets;
}

async function firstOctets(pieces: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const octets: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const next = Buffer.from(piece);
    octets.push(next);
    length += next.length;
    if (next.includes(0x0a) || length > longest) break;
  }
  return Buffer.concat(octets);
}

async function readPrivate(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r');
    try {
      const stats = await file.stat();
      const { mode } = stats;
      if (stats.isDirectory()) throw new Error('it is a directory');
      if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
        throw new ProgramError(
          `the password file ${path} can be read by others (mode ${(mode & 0o777).toString(8)})`,
          exitCode.configuration,
          `Run: chmod 600 ${path}`,
        );
      }
      return await firstOctets(file.createReadStream({ autoClose: false, end: longest }));
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

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type Secret, secret } from '@postrider/pop3';
import { exitCode, ProgramError } from '../failure/index.ts';
import { firstLine, utf8Hint } from './first-line.ts';

const longestOutput = 65_536;

/**
 * Runs a command through the shell and gives the first line that it prints. What it says on standard error is shown: it may ask for a passphrase
 * there, or say why it fails.
 */
export function readFromCommand(
  command: string,
  flag: string,
  { signal, milliseconds = 60_000 }: { signal: AbortSignal; milliseconds?: number },
): Promise<Secret<string>> {
  return new Promise((resolve, reject) => {
    const ownGroup = process.platform !== 'win32' && !hasTerminal();
    const child = spawn(command, { shell: true, detached: ownGroup, stdio: ['inherit', 'pipe', 'inherit'] });
    const pieces: Buffer[] = [];
    let octets = 0;
    // Where it has no group of its own, what the command started itself may live on: it is not waited for.
    const leave = (): void => {
      settle();
      if (ownGroup) endGroup(child);
      else child.kill();
      child.stdout.destroy();
      child.unref();
    };
    const fail = (message: string, hint: string): void => {
      leave();
      reject(new ProgramError(`the command of ${flag} ${message}`, exitCode.localIo, hint));
    };
    const abort = (): void => {
      leave();
      reject(signal.reason);
    };
    const timer = setTimeout(
      () =>
        fail(`did not end within ${milliseconds / 1000} seconds`, 'Run it by hand to see what it waits for.'),
      milliseconds,
    );
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
    child.stdout.on('data', (data: Buffer) => {
      octets += data.length;
      if (octets > longestOutput)
        fail('prints far too much', 'It has to print the secret, and nothing else, on its first line.');
      else pieces.push(data);
    });
    child.on('error', (error) => fail(`cannot be run: ${error.message}`, 'Check how it is spelled.'));
    child.on('close', (code, killed) => {
      settle();
      const line = firstLine(Buffer.concat(pieces));
      if (code !== 0) {
        fail(`failed with ${killed === null ? `exit status ${code}` : `signal ${killed}`}`, hintFor(code));
      } else if (line === undefined) {
        fail('printed something that is not UTF-8', utf8Hint);
      } else if (line === '') {
        fail('printed nothing', 'It has to print the secret on its first line.');
      } else {
        resolve(secret(line));
      }
    });
  });
}

// A command in a group of its own ends with all that it started. On a terminal it has to stay in ours: elsewhere it could not ask there, and Ctrl-C
// reaches the whole of it anyway.
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGTERM');
  } catch {
    // It has ended.
  }
}

// What shells say (POSIX, "Exit Status for Commands").
function hintFor(code: number | null): string {
  if (code === 127) return 'There is no such command: check how it is spelled, and the PATH.';
  return code === 126 ? 'It cannot be run: check its permissions.' : 'Run it by hand to see why.';
}

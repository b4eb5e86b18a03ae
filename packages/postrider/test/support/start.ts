import { type ChildProcess, spawn } from 'node:child_process';

const program = new URL('./program.ts', import.meta.url).pathname;

/** How a process ended, and what it said. */
export interface Ended {
  /** -1 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the program in a process of its own. */
export interface Started {
  readonly child: ChildProcess;
  /** What it has said so far. */
  output(): { readonly stdout: string; readonly stderr: string };
  readonly ended: Promise<Ended>;
}

/** Starts the program as a process, with nothing of this one's environment but PATH; in a folder that is removed before it begins, where one is given. */
export function startPostrider(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  removed?: string,
): Started {
  const command = [process.execPath, '--conditions=@postrider/source', program, ...words];
  const [first = '', ...others] =
    removed === undefined ? command : ['/bin/sh', '-c', 'rmdir "$PWD" && exec "$@"', 'sh', ...command];
  const child = spawn(first, others, {
    cwd: removed,
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code: code ?? -1, ...said }));
  });
  return { child, output: () => said, ended };
}

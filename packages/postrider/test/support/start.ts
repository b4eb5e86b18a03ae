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

/** Starts the program as a process, with nothing of this one's environment but PATH. */
export function startPostrider(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Started {
  const child = spawn(process.execPath, ['--conditions=@postrider/source', program, ...words], {
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

import { execFile } from 'node:child_process';

const program = new URL('../../packages/postrider/bin/postrider.js', import.meta.url).pathname;

/** What a run of the program left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built program in a process of its own, with nothing in its environment but what is given. */
export function postrider(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const { PATH = '' } = process.env;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...words],
      { env: { PATH, HOME: '/nonexistent', ...env } },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
      },
    );
  });
}

import { type ChildProcess, spawn } from 'node:child_process';

/** The examples' folder. */
export const folder: string = new URL('..', import.meta.url).pathname;

/** What a run of an example left behind. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts an example in a process of its own. */
export function startExample(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  const { PATH = '' } = process.env;
  // As this test was started: on the sources, or on what was built.
  const options = process.execArgv.filter((word) => word.startsWith('--conditions='));
  return spawn(process.execPath, [...options, ...words], {
    cwd: folder,
    env: { PATH, NO_COLOR: '1', ...env },
  });
}

/** Runs an example to its end. */
export async function runExample(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const child = startExample(words, env);
  const written = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  return { code, ...written };
}

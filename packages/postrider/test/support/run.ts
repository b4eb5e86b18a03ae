import type { Prompter } from '../../src/io.ts';
import { run } from '../../src/main.ts';

/** What a run of the program left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in this process, in a world of its own. */
export async function postrider(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  answers: readonly string[] = [],
): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string | Uint8Array): boolean => {
      written[name] += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
      return true;
    },
    once: () => undefined,
  });
  const left = [...answers];
  const answer = async (): Promise<string> => left.shift() ?? '';
  const prompter: Prompter = {
    available: answers.length > 0,
    hidden: answer,
    line: answer,
    confirm: async () => (await answer()) === 'y',
    choose: async (_, choices) =>
      choices[0]?.value ?? Promise.reject(new Error('there is nothing to choose from')),
  };
  async function* noInput(): AsyncGenerator<Uint8Array> {}
  const code = await run(words, {
    stdin: noInput(),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: { HOME: '/nonexistent', XDG_STATE_HOME: '/nonexistent/state', ...env },
    prompter,
    signal: new AbortController().signal,
  });
  return { code, ...written };
}

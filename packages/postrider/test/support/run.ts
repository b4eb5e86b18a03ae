import type { DiscoveryNetwork } from '../../src/discovery/network.ts';
import type { Choice, Prompter } from '../../src/io.ts';
import { run } from '../../src/main.ts';

/** What a run of the program left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The questions that were asked, in order. */
  readonly asked: readonly string[];
}

/** An answer to one question: a text, or a way to leave. */
export type Answer = string | Error;

/** The world that a run happens in. */
export interface World {
  readonly env?: Readonly<Record<string, string>>;
  /** Answers to the questions, in order. Without any, there is no terminal to ask on. */
  readonly answers?: readonly Answer[];
  /** Standard output is a terminal of so many columns. */
  readonly columns?: number;
  /** Standard error is one, too. */
  readonly noteColumns?: number;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  /** The network that servers are looked for in. */
  readonly discovery?: DiscoveryNetwork;
  /** Called with what is written to standard output, as it is written. */
  readonly onOutput?: (text: string) => void;
  /** Called with what is written to standard error, as it is written. */
  readonly onDiagnostic?: (text: string) => void;
}

/** Runs the program in this process, in a world of its own. */
export async function postrider(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  answers: readonly Answer[] = [],
): Promise<Ran> {
  return postriderIn({ env, answers }, words);
}

/** As {@link postrider}, with more of the world given. */
export async function postriderIn(world: World, words: readonly string[]): Promise<Ran> {
  const { columns, noteColumns, stdin, onOutput, onDiagnostic, answers = [] } = world;
  const written = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string | Uint8Array): boolean => {
      written[name].push(Buffer.from(text));
      (name === 'stdout' ? onOutput : onDiagnostic)?.(Buffer.from(text).toString());
      return true;
    },
    once: () => undefined,
    ...terminal(name === 'stdout' ? columns : noteColumns),
  });
  const asked: string[] = [];
  const left = [...answers];
  const ask = async (question: string): Promise<string> => {
    asked.push(question);
    const answer = left.shift();
    if (answer === undefined) throw new Error(`nobody answers: ${question}`);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const prompter: Prompter = {
    available: answers.length > 0,
    hidden: ask,
    line: async (question, { preset, check } = {}) => {
      const answer = await ask(question);
      const text = answer === '' ? (preset ?? '') : answer;
      const wrong = check?.(text);
      if (wrong !== undefined) throw new Error(`${question} ${wrong}`);
      return text;
    },
    confirm: async (question) => (await ask(question)) === 'y',
    choose: async <T extends string>(question: string, choices: readonly Choice<T>[]) => {
      const answer = await ask(question);
      const chosen = choices.find(({ value }) => value === answer);
      if (chosen === undefined) throw new Error(`${question} ${answer} is none of the answers`);
      return chosen.value;
    },
  };
  async function* input(): AsyncGenerator<Uint8Array> {
    if (stdin !== undefined) yield Buffer.from(stdin);
  }
  const code = await run(words, {
    stdin: input(),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: {
      HOME: '/nonexistent',
      XDG_STATE_HOME: '/nonexistent/state',
      // Whoever runs the tests has a keyring that is nobody else's business, and a browser.
      POSTRIDER_KEYRING: 'none',
      BROWSER: 'none',
      ...world.env,
    },
    prompter,
    signal: world.signal ?? new AbortController().signal,
    discovery: world.discovery,
  });
  const text = (name: 'stdout' | 'stderr'): string => Buffer.concat(written[name]).toString('utf8');
  return { code, stdout: text('stdout'), stderr: text('stderr'), asked };
}

function terminal(columns: number | undefined): { isTTY?: true; columns?: number } {
  return columns === undefined ? {} : { isTTY: true, columns };
}

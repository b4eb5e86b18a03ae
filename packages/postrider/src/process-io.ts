import type { Io, Prompter } from './io.ts';

/** The world of this process. */
export function processIo(signal: AbortSignal): Io {
  const { stdin, stdout, stderr, env } = process;
  return { stdin, stdout, stderr, env, signal, prompter: terminalPrompter(signal) };
}

// Questions go to standard error, so that results can be piped; the library for them is loaded when there is one.
function terminalPrompter(signal: AbortSignal): Prompter {
  const available = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return {
    available,
    hidden: async (message) => {
      const { password } = await import('@inquirer/prompts');
      return ask(signal, (context) => password({ message, mask: false }, context));
    },
    line: async (message, { preset, check } = {}) => {
      const { input } = await import('@inquirer/prompts');
      const validate = (answer: string): true | string => check?.(answer) ?? true;
      const question = { message, validate, ...(preset === undefined ? {} : { default: preset }) };
      return ask(signal, (context) => input(question, context));
    },
    confirm: async (message) => {
      const { confirm } = await import('@inquirer/prompts');
      return ask(signal, (context) => confirm({ message, default: false }, context));
    },
    choose: async (message, choices) => {
      const { select } = await import('@inquirer/prompts');
      const question = { message, choices: choices.map(({ value, label }) => ({ value, name: label })) };
      return ask(signal, (context) => select(question, context));
    },
  };
}

interface QuestionContext {
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * Asks, until there is an answer, or the user wants out. Ctrl-D, and coming back from Ctrl-Z, pause the reading of the terminal, which the prompts themselves
 * do not notice: they would be deaf from then on.
 */
async function ask<T>(signal: AbortSignal, question: (context: QuestionContext) => Promise<T>): Promise<T> {
  const { stdin, stderr } = process;
  const closed = new AbortController();
  let isBack = false;
  const comeBack = (): void => {
    isBack = true;
    setImmediate(() => {
      isBack = false;
    });
  };
  const pause = (): void => {
    // An answer pauses it, too: that one settles first.
    if (!isBack) setImmediate(() => closed.abort());
    else setImmediate(() => stdin.resume());
  };
  process.on('SIGCONT', comeBack);
  stdin.on('pause', pause);
  try {
    return await question({ output: stderr, signal: AbortSignal.any([signal, closed.signal]) });
  } finally {
    stdin.off('pause', pause);
    stdin.pause();
    process.off('SIGCONT', comeBack);
  }
}

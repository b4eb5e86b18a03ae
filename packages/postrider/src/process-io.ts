import type { Io, Prompter } from './io.ts';

/** The world of this process. */
export function processIo(signal: AbortSignal): Io {
  const { stdin, stdout, stderr, env } = process;
  return { stdin, stdout, stderr, env, signal, prompter: terminalPrompter(signal) };
}

// Questions go to standard error, so that results can be piped; the library for them is loaded when there is one.
function terminalPrompter(signal: AbortSignal): Prompter {
  const context = { output: process.stderr, signal };
  const available = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return {
    available,
    hidden: async (message) => {
      const { password } = await import('@inquirer/prompts');
      return password({ message, mask: false }, context);
    },
    line: async (message, { preset, check } = {}) => {
      const { input } = await import('@inquirer/prompts');
      const validate = (answer: string): true | string => check?.(answer) ?? true;
      return input({ message, validate, ...(preset === undefined ? {} : { default: preset }) }, context);
    },
    confirm: async (message) => {
      const { confirm } = await import('@inquirer/prompts');
      return confirm({ message, default: false }, context);
    },
    choose: async (message, choices) => {
      const { select } = await import('@inquirer/prompts');
      return select(
        { message, choices: choices.map(({ value, label }) => ({ value, name: label })) },
        context,
      );
    },
  };
}

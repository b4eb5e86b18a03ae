import type { CommandDefinition } from '../../flag/definition.ts';
import { bashCompletion } from './bash.ts';
import { fishCompletion } from './fish.ts';
import { completionCommands } from './model.ts';
import { zshCompletion } from './zsh.ts';

/** The shells that completions are made for. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** A completion script, made of the definitions of commands and flags. */
export function completionScript(
  shell: (typeof shells)[number],
  commands: readonly CommandDefinition[],
): string {
  return { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }[shell](
    completionCommands(commands),
  );
}

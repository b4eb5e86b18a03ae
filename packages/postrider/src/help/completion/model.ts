import { type CommandDefinition, commandName } from '../../flag/definition.ts';

/** What can stand behind a flag or a command. */
export type Completion =
  | { readonly type: 'words'; readonly words: readonly string[] }
  | { readonly type: 'file' | 'directory' | 'account' }
  /** Something that nobody can guess. */
  | { readonly type: 'text' };

/** A flag, as a shell has to know it. */
export interface CompletionFlag {
  readonly name: string;
  readonly short: string | undefined;
  readonly description: string;
  readonly repeatable: boolean;
  /** Undefined: it stands alone. */
  readonly value: (Completion & { readonly name: string; readonly optional: boolean }) | undefined;
}

/** A command, as a shell has to know it. */
export interface CompletionCommand {
  /** `accounts add`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly summary: string;
  readonly flags: readonly CompletionFlag[];
  readonly operand: Completion;
  /** The words that make it another command: `add`. */
  readonly subcommands: readonly string[];
}

/** What completes, out of the definitions that the parser uses. */
export function completionCommands(commands: readonly CommandDefinition[]): readonly CompletionCommand[] {
  return commands.map((command) => ({
    name: commandName(command),
    path: command.path,
    summary: command.summary,
    flags: command.groups.flatMap(({ flags }) =>
      flags.map(({ name, short, description, repeatable, value }) => ({
        name,
        short,
        description,
        repeatable: repeatable === true,
        value:
          value === undefined
            ? undefined
            : {
                ...(value.choices === undefined
                  ? { type: value.complete ?? ('text' as const) }
                  : { type: 'words' as const, words: value.choices }),
                name: value.name,
                optional: value.optional === true,
              },
      })),
    ),
    operand: operandOf(command.completes),
    subcommands: subcommandsOf(command, commands),
  }));
}

/** The first words of all commands, with what they are about. */
export function firstWords(commands: readonly CompletionCommand[]): readonly {
  readonly word: string;
  readonly summary: string;
  readonly subcommands: readonly CompletionCommand[];
}[] {
  return [...new Set(commands.map(({ path }) => path[0] ?? ''))].map((word) => {
    const subcommands = commands.filter(({ path }) => path.length > 1 && path[0] === word);
    const own = commands.find(({ name }) => name === word);
    const others = subcommands.map(({ path }) => path.slice(1).join(' ')).join(', ');
    return { word, summary: own?.summary ?? `Commands: ${others}`, subcommands };
  });
}

function operandOf(completes: CommandDefinition['completes']): Completion {
  if (completes === undefined) return { type: 'text' };
  return typeof completes === 'string' ? { type: completes } : { type: 'words', words: completes };
}

function subcommandsOf({ path }: CommandDefinition, commands: readonly CommandDefinition[]): string[] {
  return commands
    .filter(
      (other) =>
        other.path.length === path.length + 1 && path.every((word, index) => other.path[index] === word),
    )
    .map((other) => other.path.at(-1) ?? '');
}

import type { Context } from '../context.ts';
import type { Flag, RawValues } from './flag.ts';
import type { JsonOutput } from './json.ts';

/** A word behind the command. */
export interface Argument {
  /** As it stands in help: `HOST`. */
  readonly name: string;
  readonly description: string;
}

/** Flags under a heading. */
export interface FlagGroup {
  readonly title: string;
  readonly flags: readonly Flag<unknown>[];
}

/** A line to type, and what it does. */
export interface Example {
  readonly command: string;
  readonly explanation: string;
}

/** The module of a command: loaded when it is called, so that the others cost nothing. */
export interface CommandModule {
  /** Does the command's work and resolves to the exit code; failures are thrown. */
  run(context: Context): Promise<number>;
}

/** One command, as data. `load` is the only code in it. */
export interface CommandDefinition {
  /** The words that call it: `['accounts', 'add']`. */
  readonly path: readonly string[];
  /** One phrase for lists of commands. */
  readonly summary: string;
  /** Paragraphs for its own help, each one line of text. */
  readonly description: readonly string[];
  /** The ways to write its arguments, such as `ACCOUNT` and `HOST USER`; one empty string where it takes none. */
  readonly usage: readonly string[];
  readonly arguments: readonly Argument[];
  /** Fewest and most arguments that are accepted. */
  readonly count: readonly [minimum: number, maximum: number];
  /** The words that the first argument can be, for completions: names of accounts, or fixed ones. */
  readonly completes?: 'account' | 'directory' | 'file' | readonly string[] | undefined;
  readonly groups: readonly FlagGroup[];
  readonly examples: readonly Example[];
  /** What `--json` prints; every command that has the flag says so. */
  readonly json?: JsonOutput | undefined;
  load(): Promise<CommandModule>;
}

/** What somebody typed, checked against the definition. */
export interface Invocation {
  readonly definition: CommandDefinition;
  readonly arguments: readonly string[];
  /** The value of a flag; of one that this command does not have: as though it was not given. */
  get<T>(flag: Flag<T>): T;
  /** Tells whether it was given at all. */
  has(flag: Flag<unknown>): boolean;
}

/** Makes an invocation out of raw values by name. */
export function makeInvocation(
  definition: CommandDefinition,
  words: readonly string[],
  values: ReadonlyMap<string, RawValues>,
): Invocation {
  return {
    definition,
    arguments: words,
    get: (flag) => flag.read(values.get(flag.name) ?? []),
    has: (flag) => (values.get(flag.name) ?? []).length > 0,
  };
}

/** The name of a command as it is typed: `accounts add`. */
export function commandName(definition: CommandDefinition): string {
  return definition.path.join(' ');
}

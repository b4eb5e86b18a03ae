import { Command, CommanderError, Option } from 'commander';
import { nearest } from '../config/nearest.ts';
import { UsageError } from '../failure/index.ts';
import { type CommandDefinition, commandName, type Invocation, makeInvocation } from './definition.ts';
import { type Flag, FlagError } from './flag.ts';

/** What was typed. */
export type Parsed =
  | { readonly type: 'command'; readonly invocation: Invocation }
  /** `--help`, of a command or a group of them (`ledger`), or of the program. */
  | { readonly type: 'help'; readonly subject: string | undefined }
  | { readonly type: 'version' };

/** Reads a command line. @throws UsageError */
export function parseCommandLine(words: readonly string[], commands: readonly CommandDefinition[]): Parsed {
  const [first] = words;
  if (first === '--version' || first === '-V') return { type: 'version' };
  if (first === undefined || first === '--help' || first === '-h')
    return { type: 'help', subject: undefined };
  const definition = findCommand(words, commands);
  const isGroup = definition === undefined && commands.some(({ path }) => path[0] === first);
  if (isGroup && (words[1] === '--help' || words[1] === '-h')) return { type: 'help', subject: first };
  if (definition === undefined) throw unknownCommand(first, words[1], commands);
  const rest = words.slice(definition.path.length);
  const values = new Map<string, string[]>();
  const operands = parseWords(definition, rest, values);
  if (values.has('help')) return { type: 'help', subject: commandName(definition) };
  checkSubcommand(definition, operands, commands);
  checkCount(definition, operands);
  const invocation = makeInvocation(definition, operands, values);
  checkValues(definition, values);
  return { type: 'command', invocation };
}

// The longest path that the first words spell.
function findCommand(
  words: readonly string[],
  commands: readonly CommandDefinition[],
): CommandDefinition | undefined {
  return commands
    .filter(({ path }) => path.every((word, index) => words[index] === word))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

function parseWords(
  definition: CommandDefinition,
  words: readonly string[],
  values: Map<string, string[]>,
): readonly string[] {
  const command = new Command(commandName(definition));
  command
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .helpOption(false)
    .allowExcessArguments(true)
    .argument('[words...]');
  for (const { flags } of definition.groups) {
    for (const flag of flags) command.addOption(toOption(flag, values));
  }
  try {
    command.parse([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) throw usage(error, definition);
    throw error;
  }
  return command.args;
}

function toOption(flag: Flag<unknown>, values: Map<string, string[]>): Option {
  const { name, short, value } = flag;
  const argument =
    value === undefined ? '' : value.optional === true ? ` [${value.name}]` : ` <${value.name}>`;
  const option = new Option(
    `${short === undefined ? '' : `-${short}, `}--${name}${argument}`,
    flag.description,
  );
  const add = (text: string): void => {
    values.set(name, [...(values.get(name) ?? []), text]);
  };
  if (value === undefined) {
    // Commander has no hook for flags without a value but a preset that goes through the parser.
    return option.preset('').argParser((text: string) => add(text));
  }
  return (value.optional === true ? option.preset('') : option).argParser((text: string) => add(text));
}

function usage(error: CommanderError, definition: CommandDefinition): UsageError {
  const [sentence = '', suggestion] = error.message.replace(/^error: /, '').split('\n');
  const hint = suggestion?.replace(/^\((.*)\)$/, '$1') ?? `See: postrider ${commandName(definition)} --help`;
  return new UsageError(sentence, hint);
}

// A word too many behind `accounts` was meant as the second word of another command.
function checkSubcommand(
  { path, count }: CommandDefinition,
  [word, ...more]: readonly string[],
  commands: readonly CommandDefinition[],
): void {
  const [name = ''] = path;
  const others = commands.filter((command) => command.path.length > path.length && command.path[0] === name);
  if (word === undefined || others.length === 0 || 1 + more.length <= count[1]) return;
  const known = others.map(({ path: [, second = ''] }) => second);
  const meant = nearest(word, known);
  throw new UsageError(
    `there is no command '${name} ${word}'`,
    meant === undefined
      ? `There are: ${others.map(commandName).join(', ')}`
      : `Did you mean '${name} ${meant}'?`,
  );
}

function checkCount(definition: CommandDefinition, words: readonly string[]): void {
  const [minimum, maximum] = definition.count;
  const name = commandName(definition);
  const forms = definition.usage.map((form) => `postrider ${name} ${form}`.trimEnd()).join(' or ');
  if (words.length < minimum) throw new UsageError(`${name} wants more than that`, `Write: ${forms}`);
  if (words.length > maximum) {
    throw new UsageError(
      `${name} does not know what to do with '${words[maximum] ?? ''}'`,
      `Write: ${forms}`,
    );
  }
}

// Values are read once here, so that nothing is done before one is found wrong.
function checkValues(definition: CommandDefinition, values: ReadonlyMap<string, readonly string[]>): void {
  for (const { flags } of definition.groups) {
    for (const flag of flags) {
      try {
        flag.read(values.get(flag.name) ?? []);
      } catch (error) {
        if (error instanceof FlagError) throw new UsageError(`--${flag.name} ${error.message}`, error.hint);
        throw error;
      }
    }
  }
}

function unknownCommand(
  word: string,
  next: string | undefined,
  commands: readonly CommandDefinition[],
): UsageError {
  const group = commands.filter(({ path }) => path[0] === word);
  if (group.length > 0) {
    const known = group.map(commandName).join(', ');
    return new UsageError(
      next === undefined ? `${word} wants one more word` : `there is no command '${word} ${next}'`,
      `There are: ${known}`,
    );
  }
  if (word.startsWith('-'))
    return new UsageError(`options come behind a command, and '${word}' does not`, 'See: postrider --help');
  const program = new Command('postrider').exitOverride().configureOutput({ writeErr: () => {} });
  for (const name of new Set(commands.map(({ path }) => path[0] ?? '')))
    program.command(name).action(() => {});
  try {
    program.parse([word], { from: 'user' });
  } catch (error) {
    const suggestion =
      error instanceof Error ? /\(Did you mean (.*)\?\)/s.exec(error.message)?.[1] : undefined;
    const hint = suggestion === undefined ? 'See: postrider --help' : `Did you mean '${suggestion}'?`;
    return new UsageError(`there is no command '${word}'`, hint);
  }
  return new UsageError(`there is no command '${word}'`, 'See: postrider --help');
}

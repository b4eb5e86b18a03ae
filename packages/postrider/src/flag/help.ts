import { type CommandDefinition, commandName } from './definition.ts';
import type { Flag } from './flag.ts';
import { type JsonOutput, jsonForm } from './json.ts';

const width = 80;

/** `-p, --port N`. */
export function flagSyntax({ name, short, value }: Flag<unknown>): string {
  const shown = value === undefined ? '' : value.optional === true ? ` [${value.name}]` : ` ${value.name}`;
  return `${short === undefined ? '    ' : `-${short}, `}--${name}${shown}`;
}

/** What a flag does, with what happens without it. */
export function flagText({ description, fallback, environment, repeatable }: Flag<unknown>): string {
  const notes = [
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
    ...(environment === undefined ? [] : [`or ${environment}`]),
    ...(repeatable === true ? ['repeatable'] : []),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

/** The help of one command. */
export function commandHelp(definition: CommandDefinition): string {
  const sections = [
    usageLines(definition),
    definition.description.map((paragraph) => wrap(paragraph, 0)).join('\n\n'),
  ];
  if (definition.arguments.length > 0) {
    sections.push(
      `Arguments:\n${definitionList(definition.arguments.map(({ name: word, description }) => [word, description]))}`,
    );
  }
  if (definition.examples.length > 0) {
    const examples = definition.examples.map(
      ({ command, explanation }) => `  ${command}\n      ${explanation}`,
    );
    sections.push(`Examples:\n${examples.join('\n')}`);
  }
  for (const { title, flags } of definition.groups) {
    sections.push(`${title}:\n${definitionList(flags.map((flag) => [flagSyntax(flag), flagText(flag)]))}`);
  }
  if (definition.json !== undefined) sections.push(jsonText(definition.json));
  return `${sections.join('\n\n')}\n`;
}

function jsonText(json: JsonOutput): string {
  const shapes = json.shapes.map(({ when, keys }) => {
    return when === undefined ? definitionList(keys) : `  ${when}:\n${definitionList(keys, '    ')}`;
  });
  return `With --json, ${jsonForm(json)}:\n${shapes.join('\n')}`;
}

/** The help of a command, or of a group of commands such as `ledger`; undefined where there is none of that name. */
export function helpFor(name: string, commands: readonly CommandDefinition[]): string | undefined {
  const definition = commands.find((command) => commandName(command) === name);
  const others = commands.filter(({ path }) => path.length > 1 && path[0] === name);
  const list = definitionList(others.map((command) => [commandName(command), command.summary]));
  if (definition !== undefined && others.length === 0) return commandHelp(definition);
  if (definition !== undefined) return `${commandHelp(definition)}\nMore commands:\n${list}\n`;
  if (others.length === 0) return undefined;
  return `Usage: postrider ${name} COMMAND\n\nCommands:\n${list}\n\nSee also:\n  postrider ${name} COMMAND --help\n`;
}

/** The help of the program. */
export function programHelp(commands: readonly CommandDefinition[], topics: readonly string[]): string {
  const list = commands.map((definition): [string, string] => [commandName(definition), definition.summary]);
  return `Usage: postrider COMMAND [ACCOUNT | HOST USER] [options]

Brings mail home from POP3 servers: safely, and exactly once.

Commands:
${definitionList(list)}

Start here:
  postrider status pop.example.org ann@example.org
      Logs in, and tells how many messages there are. Nothing is touched.

See also:
  postrider COMMAND --help
  ${wrap(`postrider help TOPIC, out of ${topics.join(', ')}`, 2)}
`;
}

function definitionList(rows: readonly (readonly [term: string, text: string])[], indent = '  '): string {
  const widest = Math.max(...rows.map(([term]) => term.length));
  const column = Math.min(26, widest + 2) + indent.length;
  return rows
    .map(([term, text]) => {
      const wrapped = wrap(text, column);
      if (indent.length + term.length + 2 > column)
        return `${indent}${term}\n${' '.repeat(column)}${wrapped}`;
      return `${(indent + term).padEnd(column)}${wrapped}`;
    })
    .join('\n');
}

// Lines behind the first are indented.
function wrap(text: string, indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join(`\n${' '.repeat(indent)}`);
}

function usageLines(definition: CommandDefinition): string {
  const forms = definition.usage.map((form) =>
    `postrider ${commandName(definition)} ${form} [options]`.replace('  ', ' '),
  );
  return forms.map((form, index) => `${index === 0 ? 'Usage:' : '      '} ${form}`).join('\n');
}

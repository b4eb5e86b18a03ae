import { exitCodes } from '../failure/index.ts';
import { type CommandDefinition, commandName } from '../flag/definition.ts';
import type { Flag } from '../flag/flag.ts';
import { flagSyntax, flagText } from '../flag/help.ts';
import { jsonForm } from '../flag/json.ts';
import { topics } from './topic.ts';

/** The man page, in man(7). */
export function manualPage(commands: readonly CommandDefinition[], version: string): string {
  const shared = new Map<string, Map<string, Flag<unknown>>>();
  const sections = commands.map((command) => commandSection(command, shared));
  return `${[
    `.TH POSTRIDER 1 "" "postrider ${version}" "User Commands"`,
    '.SH NAME\npostrider \\- bring mail home from POP3 servers',
    '.SH SYNOPSIS\n.B postrider\n.I COMMAND\n[\\fIACCOUNT\\fR | \\fIHOST USER\\fR] [\\fIoptions\\fR]',
    '.SH DESCRIPTION\nLogs in to POP3 servers as safely as each of them allows, and brings every message home exactly once.',
    '.SH COMMANDS',
    ...sections,
    ...[...shared].map(([title, flags]) => `.SH ${title.toUpperCase()}\n${flagTerms([...flags.values()])}`),
    `.SH ENVIRONMENT\n${terms(environment)}`,
    `.SH FILES\n${terms(files)}`,
    `.SH EXIT STATUS\n${terms(exitCodes.map(([code, meaning]) => [String(code), meaning]))}`,
    `.SH MORE HELP\n${terms(topics.map(({ name, summary }) => [`postrider help ${name}`, summary]))}`,
  ].join('\n')}\n`;
}

const environment: readonly (readonly [name: string, meaning: string])[] = [
  ['POSTRIDER_PASSWORD, POSTRIDER_TOKEN', 'What to log in with, where no option says so.'],
  ['POSTRIDER_TO_PASSWORD', 'What to log in to a destination with.'],
  ['POSTRIDER_CLIENT_SECRET', 'The client secret for OAuth 2.0.'],
  ['POSTRIDER_KEYRING', "With 'none', secrets are kept in a file instead of the keyring."],
  ['POSTRIDER_CONFIG', 'The configuration file.'],
  ['XDG_CONFIG_HOME, XDG_STATE_HOME', 'The folders that the files below are in.'],
  ['NO_COLOR, FORCE_COLOR', 'No colours; colours also where there is no terminal.'],
];

const files: readonly (readonly [name: string, meaning: string])[] = [
  ['~/.config/postrider/config.toml', 'The accounts.'],
  ['~/.local/state/postrider/ledger.sqlite', 'What was fetched.'],
  ['~/.local/state/postrider/secrets.json', 'Passwords and tokens, where there is no keyring.'],
];

function commandSection(command: CommandDefinition, shared: Map<string, Map<string, Flag<unknown>>>): string {
  const name = commandName(command);
  const parts = [
    `.SS ${name}`,
    command.usage.map((form) => `.B postrider ${name}\n${roff(form)}`.trimEnd()).join('\n.br\n'),
    ...command.description.map((paragraph) => `.PP\n${roff(paragraph)}`),
  ];
  for (const { title, flags } of command.groups) {
    if (title === 'Options') parts.push(flagTerms(flags));
    else
      shared.set(
        title,
        new Map([...(shared.get(title) ?? []), ...flags.map((flag) => [flag.name, flag] as const)]),
      );
  }
  for (const { command: words, explanation } of command.examples)
    parts.push(`.PP\n${roff(explanation)}:\n.PP\n.RS 4\n.EX\n${roff(words)}\n.EE\n.RE`);
  if (command.json !== undefined) {
    parts.push(`.PP\nWith \\-\\-json, ${roff(jsonForm(command.json))}:`);
    for (const { when, keys } of command.json.shapes)
      parts.push(`${when === undefined ? '' : `.PP\n${roff(when)}\n`}${terms(keys)}`);
  }
  return parts.join('\n');
}

function flagTerms(flags: readonly Flag<unknown>[]): string {
  return terms(flags.map((flag) => [flagSyntax(flag).trim(), flagText(flag)]));
}

function terms(rows: readonly (readonly [term: string, text: string])[]): string {
  return rows.map(([term, text]) => `.TP\n.B ${roff(term)}\n${roff(text)}`).join('\n');
}

function roff(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

import { exitCodes } from '../failure/index.ts';
import { type CommandDefinition, commandName } from '../flag/definition.ts';
import { flagSyntax, flagText } from '../flag/help.ts';

/** The man page, in man(7). */
export function manualPage(commands: readonly CommandDefinition[], version: string): string {
  const parts = [
    `.TH POSTRIDER 1 "" "postrider ${version}" "User Commands"`,
    '.SH NAME\npostrider \\- bring mail home from POP3 servers',
    '.SH SYNOPSIS\n.B postrider\n.I COMMAND\n[\\fIACCOUNT\\fR | \\fIHOST USER\\fR] [\\fIoptions\\fR]',
    '.SH DESCRIPTION\nLogs in to POP3 servers as safely as each of them allows, and brings every message home exactly once.',
    '.SH COMMANDS',
  ];
  const described = new Map<string, string>();
  for (const command of commands) {
    const forms = command.usage.map((form) =>
      `.B postrider ${commandName(command)}\n${roff(form)}`.trimEnd(),
    );
    parts.push(
      `.SS ${commandName(command)}\n${forms.join('\n.br\n')}\n.PP\n${command.description.map(roff).join('\n.PP\n')}`,
    );
    for (const { title, flags } of command.groups) {
      const list = flags
        .map((flag) => `.TP\n.B ${roff(flagSyntax(flag).trim())}\n${roff(flagText(flag))}`)
        .join('\n');
      if (title === 'Options') parts.push(list);
      else described.set(title, list);
    }
  }
  for (const [title, list] of described) parts.push(`.SH ${title.toUpperCase()}\n${list}`);
  parts.push(
    `.SH EXIT STATUS\n${exitCodes.map(([code, meaning]) => `.TP\n.B ${code}\n${roff(meaning)}`).join('\n')}`,
  );
  return `${parts.join('\n')}\n`;
}

function roff(text: string): string {
  return text
    .replace(/\\/g, '\\e')
    .replace(/-/g, '\\-')
    .replace(/^([.'])/gm, '\\&$1');
}

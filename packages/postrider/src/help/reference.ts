import { exitCodes } from '../failure/index.ts';
import { type CommandDefinition, commandName } from '../flag/definition.ts';
import { commandHelp } from '../flag/help.ts';

/** The reference of the command line, in Markdown. */
export function reference(commands: readonly CommandDefinition[]): string {
  const list = commands.map(
    (command) =>
      `| [\`${commandName(command)}\`](#${commandName(command).replaceAll(' ', '-')}) | ${command.summary} |`,
  );
  const sections = commands.map(
    (command) => `## ${commandName(command)}\n\n\`\`\`text\n${commandHelp(command)}\`\`\``,
  );
  const codes = exitCodes.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return `# The command line

This page is made from the definitions that the program itself uses; \`npm run docs\` writes it.

| command | does |
|---|---|
${list.join('\n')}

${sections.join('\n\n')}

## Exit codes

| code | meaning |
|---|---|
${codes.join('\n')}
`;
}

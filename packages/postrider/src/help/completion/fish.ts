import { type Completion, type CompletionCommand, firstWords } from './model.ts';

/** The script for fish. */
export function fishCompletion(commands: readonly CompletionCommand[]): string {
  const lines: string[] = [];
  for (const { word, summary, subcommands } of firstWords(commands)) {
    lines.push(`complete -c postrider -n __fish_use_subcommand -a ${word} -d '${quote(summary)}'`);
    for (const { path, summary: text } of subcommands) {
      lines.push(`complete -c postrider -n '__postrider_at ${word}' -a ${path[1] ?? ''} -d '${quote(text)}'`);
    }
  }
  for (const command of commands) {
    const condition = `__postrider_in "${command.name}" ${command.subcommands.join(' ')}`.trimEnd();
    const start = `complete -c postrider -n '${condition}'`;
    const operand = action(command.operand);
    if (operand !== '') lines.push(`${start} ${operand}`);
    for (const { name, short, description, value } of command.flags) {
      const names = `${short === undefined ? '' : ` -s ${short}`} -l ${name}`;
      const kind = value === undefined || value.optional ? '' : value.type === 'file' ? ' -r' : ' -x';
      const argument = value === undefined ? '' : `${kind} ${action(value)}`;
      lines.push(`${start}${names}${argument.trimEnd()} -d '${quote(description)}'`);
    }
  }
  return `# fish completion for postrider: postrider completion fish > ~/.config/fish/completions/postrider.fish
function __postrider_in --description 'The command line calls this command, and none of these below it'
  set -l words (commandline -opc)[2..]
  set -l path (string split ' ' -- $argv[1])
  set -l length (count $path)
  test (count $words) -ge $length; or return 1
  test "$words[1..$length]" = "$argv[1]"; or return 1
  set -l next (math $length + 1)
  set -q words[$next]; and contains -- $words[$next] $argv[2..]; and return 1
  return 0
end
function __postrider_at --description 'The command line ends with this word'
  set -l words (commandline -opc)[2..]
  test "$words" = "$argv[1]"
end
function __postrider_accounts
  postrider accounts 2>/dev/null | sed -e 1d -e 's/ .*//'
end
complete -c postrider -f
${lines.join('\n')}
`;
}

function action(completion: Completion): string {
  switch (completion.type) {
    case 'words':
      return `-a '${completion.words.join(' ')}'`;
    case 'file':
      return '-F';
    case 'directory':
      return "-a '(__fish_complete_directories)'";
    case 'account':
      return "-a '(__postrider_accounts)'";
    case 'text':
      return '';
  }
}

function quote(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/'/g, "\\'");
}

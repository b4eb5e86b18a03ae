import { type CommandDefinition, commandName } from '../flag/definition.ts';

/** The shells that completions are made for. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** A completion script, made of the definitions of commands and flags. */
export function completionScript(
  shell: (typeof shells)[number],
  commands: readonly CommandDefinition[],
): string {
  return { bash, zsh, fish }[shell](commands);
}

function flagsOf({ groups }: CommandDefinition): readonly {
  readonly name: string;
  readonly description: string;
  readonly takesFile: boolean;
  readonly choices: readonly string[];
}[] {
  return groups.flatMap(({ flags }) =>
    flags.map(({ name, description, value }) => ({
      name,
      description,
      takesFile: value?.complete !== undefined,
      choices: value?.choices ?? [],
    })),
  );
}

function firstWords(commands: readonly CommandDefinition[]): string[] {
  return [...new Set(commands.map(({ path }) => path[0] ?? ''))];
}

function bash(commands: readonly CommandDefinition[]): string {
  const cases = commands.map((command) => {
    const flags = flagsOf(command).map(({ name }) => `--${name}`);
    const words = Array.isArray(command.completes) ? command.completes : [];
    return `    '${commandName(command)}') words='${[...words, ...flags].join(' ')}' ;;`;
  });
  const values = [...new Map(commands.flatMap(flagsOf).map((flag) => [flag.name, flag])).values()]
    .filter(({ choices }) => choices.length > 0)
    .map(
      ({ name, choices }) =>
        `    --${name}) COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$current")); return ;;`,
    );
  const subcommands = commands.filter(({ path }) => path.length > 1).map(commandName);
  return `# bash completion for postrider: put it where bash-completion looks, or run: source <(postrider completion bash)
_postrider() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}" words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${firstWords(commands).join(' ')} --help --version' -- "$current"))
    return
  fi
  case "$previous" in
${values.join('\n')}
  esac
  case " ${subcommands.join('  ')} " in
    *" $command \${COMP_WORDS[2]} "*) command="$command \${COMP_WORDS[2]}" ;;
  esac
  case "$command" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _postrider postrider
`;
}

function zsh(commands: readonly CommandDefinition[]): string {
  const quote = (text: string): string => text.replace(/'/g, "'\\''").replace(/[[\]:]/g, '\\$&');
  const cases = commands
    .filter(({ path }) => path.length === 1)
    .map((command) => {
      const flags = flagsOf(command).map(({ name, description, takesFile, choices }) => {
        const value = choices.length > 0 ? `:value:(${choices.join(' ')})` : takesFile ? ':file:_files' : '';
        return `      '--${name}[${quote(description)}]${value}'`;
      });
      return `    ${commandName(command)}) _arguments \\\n${flags.join(' \\\n')} \\\n      '*: :_files' ;;`;
    });
  const list = firstWords(commands).map((word) => {
    const summary = commands.find((command) => commandName(command) === word)?.summary ?? '';
    return `    '${word}:${quote(summary)}'`;
  });
  return `#compdef postrider
_postrider() {
  local -a commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words; (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
_postrider "$@"
`;
}

function fish(commands: readonly CommandDefinition[]): string {
  const quote = (text: string): string => text.replace(/\\/g, '\\\\').replace(/'/g, "\\'");
  const lines = ['# fish completion for postrider', 'complete -c postrider -f'];
  for (const word of firstWords(commands)) {
    const summary = commands.find((command) => commandName(command) === word)?.summary ?? '';
    lines.push(`complete -c postrider -n __fish_use_subcommand -a ${word} -d '${quote(summary)}'`);
  }
  for (const command of commands.filter(({ path }) => path.length === 1)) {
    for (const { name, description, takesFile, choices } of flagsOf(command)) {
      const value = choices.length > 0 ? ` -x -a '${choices.join(' ')}'` : takesFile ? ' -r -F' : '';
      lines.push(
        `complete -c postrider -n '__fish_seen_subcommand_from ${command.path[0]}' -l ${name} -d '${quote(description)}'${value}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

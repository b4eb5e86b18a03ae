import type { Completion, CompletionCommand } from './model.ts';
import { firstWords } from './model.ts';

/** The script for bash, 3.2 and later. */
export function bashCompletion(commands: readonly CompletionCommand[]): string {
  const groups = firstWords(commands).filter(({ subcommands }) => subcommands.length > 0);
  const two = groups.flatMap(({ subcommands }) => subcommands.map(({ name }) => `'${name}'`));
  const values = commands.flatMap(({ name, flags }) =>
    flags.flatMap(({ name: flag, short, value }) =>
      value === undefined || value.optional
        ? []
        : [
            {
              pattern: [`'${name} --${flag}'`, ...(short === undefined ? [] : [`'${name} -${short}'`])].join(
                '|',
              ),
              action: action(value),
            },
          ],
    ),
  );
  const operands = commands.map(({ name, flags, operand, subcommands }) => {
    const flagWords = flags.map((flag) => `--${flag.name}`).join(' ');
    return `    '${name}')
      if [[ "$current" == -* ]]; then _postrider_words '${flagWords}'; return; fi
      ${subcommands.length > 0 ? `_postrider_words '${subcommands.join(' ')}'` : action(operand)} ;;`;
  });
  const lone = groups
    .filter(({ word }) => !commands.some(({ name }) => name === word))
    .map(
      ({ word, subcommands }) =>
        `    '${word}') _postrider_words '${subcommands.map(({ path }) => path[1] ?? '').join(' ')}' ;;`,
    );
  return `# bash completion for postrider: put it where bash-completion looks, or run: source <(postrider completion bash)
_postrider_words() {
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}
_postrider_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$current"))
}
_postrider_accounts() {
  _postrider_words "$("\${COMP_WORDS[0]}" accounts 2>/dev/null | sed -e 1d -e 's/ .*//')"
}
_postrider() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="\${COMP_WORDS[1]}"
  COMPREPLY=()
  # bash takes --flag=value apart.
  if [ "$current" = = ]; then
    current=''
  elif [ "$previous" = = ]; then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    _postrider_words '${firstWords(commands)
      .map(({ word }) => word)
      .join(' ')} --help --version'
    return
  fi
  if [ "$COMP_CWORD" -gt 2 ]; then
    case "$command \${COMP_WORDS[2]}" in
      ${two.join('|')}) command="$command \${COMP_WORDS[2]}" ;;
    esac
  fi
  case "$command $previous" in
${values.map(({ pattern, action: run }) => `    ${pattern}) ${run}; return ;;`).join('\n')}
  esac
  case "$command" in
${[...operands, ...lone].join('\n')}
  esac
}
complete -F _postrider postrider
`;
}

function action(completion: Completion): string {
  switch (completion.type) {
    case 'words':
      return `_postrider_words '${completion.words.join(' ')}'`;
    case 'file':
      return '_postrider_paths -f';
    case 'directory':
      return '_postrider_paths -d';
    case 'account':
      return '_postrider_accounts';
    case 'text':
      return ':';
  }
}

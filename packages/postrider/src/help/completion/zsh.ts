import { type Completion, type CompletionCommand, type CompletionFlag, firstWords } from './model.ts';

/** The script for zsh: a file for its fpath, or to be sourced. */
export function zshCompletion(commands: readonly CompletionCommand[]): string {
  const groups = firstWords(commands).filter(({ subcommands }) => subcommands.length > 0);
  const describe = (words: readonly (readonly [word: string, summary: string])[]): string =>
    words.map(([word, summary]) => `      '${word}:${quote(summary)}'`).join('\n');
  const subcommands = groups.map(
    ({ word, subcommands: others }) => `    ${word})
      subcommands=(
${describe(others.map(({ path, summary }) => [path[1] ?? '', summary]))}
      ) ;;`,
  );
  const cases = commands.map(
    ({ name, flags, operand }) =>
      `    '${name}')
      _arguments -s \\
${flags.map((flag) => `        ${flagSpecification(flag)} \\`).join('\n')}
        '*:${operand.type === 'account' ? 'account' : 'word'}:${action(operand)}' ;;`,
  );
  return `#compdef postrider
_postrider_accounts() {
  local -a names
  names=(\${(f)"$(_call_program accounts postrider accounts 2>/dev/null | sed -e 1d -e 's/ .*//')"})
  compadd -a names
}
_postrider() {
  local command=$words[2]
  local -a commands subcommands
  commands=(
${describe(firstWords(commands).map(({ word, summary }) => [word, summary]))}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $command in
${subcommands.join('\n')}
  esac
  if (( CURRENT == 3 )) && (( $#subcommands )); then
    _describe command subcommands
    [[ $PREFIX == -* ]] || return
  fi
  if (( CURRENT > 3 )) && [[ -n \${(M)subcommands:#\${words[3]}:*} ]]; then
    command="$command $words[3]"
    shift words
    (( CURRENT-- ))
  fi
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
if [[ $funcstack[1] == _postrider ]]; then
  _postrider "$@"
else
  compdef _postrider postrider
fi
`;
}

function flagSpecification({ name, short, description, repeatable, value }: CompletionFlag): string {
  const argument =
    value === undefined ? '' : `:${value.optional ? ':' : ''}${quote(value.name)}:${action(value)}`;
  const text = `[${quote(description)}]${argument}`;
  // --port 995 and --port=995, -p 995 and -p995.
  const [long, brief] = value === undefined ? [`--${name}`, `-${short}`] : [`--${name}=`, `-${short}+`];
  if (repeatable) return short === undefined ? `'*${long}${text}'` : `'*'{${brief},${long}}'${text}'`;
  return short === undefined ? `'${long}${text}'` : `'(-${short} --${name})'{${brief},${long}}'${text}'`;
}

function action(completion: Completion): string {
  switch (completion.type) {
    case 'words':
      return `(${completion.words.join(' ')})`;
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    case 'account':
      return '_postrider_accounts';
    case 'text':
      return ' ';
  }
}

function quote(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&').replace(/'/g, "'\\''");
}

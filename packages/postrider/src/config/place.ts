import { type AST, parseTOML } from 'toml-eslint-parser';

/** One key of a TOML file, or the heading of a table, and where it stands. */
export interface Entry {
  /** From the root: `['accounts', 'work', 'port']`. */
  readonly path: readonly string[];
  /** `table` for a heading, `value` for `key = value`; `inline` for one inside `{ }`. */
  readonly type: 'table' | 'value' | 'inline';
  /** From its first octet to its last, as indices of the text; a table goes to the end of its last value. */
  readonly start: number;
  readonly end: number;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** Every key of a TOML file, in the order in which they are written. */
export function listEntries(source: string): readonly Entry[] {
  // A mark of the byte order counts as one character, as everywhere else.
  const [root] = parseTOML(source.replace(/^\ufeff/, ' ')).body;
  return root.body.flatMap((node) => {
    if (node.type === 'TOMLKeyValue') return valueEntries([], node, 'value');
    const path = node.resolvedKey.map(String);
    return [entry(path, node, 'table'), ...node.body.flatMap((value) => valueEntries(path, value, 'value'))];
  });
}

/** Where a key stands, or the innermost table around it that does: `12:1`. */
export function locate(source: string, path: readonly string[]): string {
  const entries = listEntries(source);
  for (let length = path.length; length > 0; length--) {
    const wanted = path.slice(0, length);
    const found = entries.find((one) => isBelow(one.path, wanted));
    if (found !== undefined) return `${found.line}:${found.column}`;
  }
  return '1:1';
}

/** A path is another one, or leads on from it. */
export function isBelow(path: readonly string[], other: readonly string[]): boolean {
  return other.every((key, index) => path[index] === key);
}

function valueEntries(table: readonly string[], node: AST.TOMLKeyValue, type: 'value' | 'inline'): Entry[] {
  const path = [...table, ...node.key.keys.map((key) => (key.type === 'TOMLBare' ? key.name : key.value))];
  const inside =
    node.value.type === 'TOMLInlineTable'
      ? node.value.body.flatMap((value) => valueEntries(path, value, 'inline'))
      : [];
  return [entry(path, node, type), ...inside];
}

function entry(path: readonly string[], { range, loc }: AST.TOMLNode, type: Entry['type']): Entry {
  return { path, type, start: range[0], end: range[1], line: loc.start.line, column: loc.start.column + 1 };
}

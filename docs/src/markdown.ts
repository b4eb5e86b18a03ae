import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** A fenced code block of a Markdown document. */
export interface Block {
  readonly document: string;
  /** Of the opening fence; 1 is the first. */
  readonly line: number;
  /** The first word behind the fence. */
  readonly language: string;
  readonly text: string;
  /** What an HTML comment directly above the fence says: `answers: a | b`, `shown only: why`. */
  readonly directives: ReadonlyMap<string, string>;
}

/** All code blocks of a document. Throws on an indented one, which could not say what language it is in. */
export function readBlocks(document: string): readonly Block[] {
  const source = readFileSync(new URL(document, root), 'utf8');
  const blocks: Block[] = [];
  let directives = new Map<string, string>();
  let open: { readonly line: number; readonly language: string; readonly lines: string[] } | undefined;
  let blank = true;
  for (const [index, text] of source.split('\n').entries()) {
    const line = index + 1;
    const fence = /^```(\S*)/.exec(text);
    if (open !== undefined) {
      if (fence === null) {
        open.lines.push(text);
        continue;
      }
      blocks.push({ document, ...open, text: open.lines.join('\n'), directives });
      open = undefined;
      directives = new Map();
    } else if (fence !== null) {
      open = { line, language: fence[1] ?? '', lines: [] };
    } else {
      const comment = /^<!-- ([a-z ]+): (.*) -->$/.exec(text);
      if (comment !== null) directives.set(comment[1] ?? '', comment[2] ?? '');
      else if (text !== '') directives = new Map();
      if (blank && /^ {4}\S/.test(text)) throw new Error(`${document}:${line}: an indented block; fence it`);
    }
    blank = text === '';
  }
  if (open !== undefined) throw new Error(`${document}:${open.line}: the block is never closed`);
  return blocks;
}

/** The documents that people read, from the root of the project. `cli.md` is made from the program itself. */
export const documents: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  'packages/pop3/README.md',
  'packages/collector/README.md',
  'packages/postrider/README.md',
  'examples/README.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md') && name !== 'cli.md')
    .map((name) => `docs/${name}`),
];

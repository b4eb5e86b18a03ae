import type { Block } from './markdown.ts';

/** A command of a `console` block, and what the document says that it prints. */
export interface Step {
  readonly line: number;
  readonly command: string;
  readonly expected: readonly string[];
}

/** The commands of a block: lines that begin with `$ `, gone on with behind a backslash. */
export function readSteps({ text, line, document }: Block): readonly Step[] {
  const steps: { line: number; command: string; expected: string[] }[] = [];
  let continued = false;
  for (const [index, row] of text.split('\n').entries()) {
    const last = steps.at(-1);
    if (continued && last !== undefined) {
      last.command += `\n${row}`;
    } else if (row.startsWith('$ ')) {
      steps.push({ line: line + index + 1, command: row.slice(2), expected: [] });
    } else if (last !== undefined) {
      last.expected.push(row);
    } else {
      throw new Error(`${document}:${line + index + 1}: output before the first command`);
    }
    continued = steps.at(-1)?.command.endsWith('\\') === true && steps.at(-1)?.expected.length === 0;
  }
  return steps.map(({ expected, ...step }) => ({ ...step, expected: trimEnd(expected) }));
}

/**
 * Whether the output is what the document shows. `…` stands for anything within a line; a line of only `…` for any number of
 * lines.
 */
export function matches(expected: readonly string[], actual: string): boolean {
  const lines = trimEnd(actual.split('\n').map((line) => line.trimEnd()));
  const pattern = expected.map((line) =>
    line.trim() === '…' ? '(?:.*\\n)*' : `${line.trimEnd().split('…').map(escapePattern).join('.*')}\\n`,
  );
  return new RegExp(`^${pattern.join('')}$`).test(lines.map((line) => `${line}\n`).join(''));
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function trimEnd(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(0, last + 1);
}

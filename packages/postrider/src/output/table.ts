import { escapeText } from './escape.ts';
import type { Painter, Tone } from './style.ts';
import { fitText, textWidth } from './width.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right' | undefined;
  /** It gives way, down to this many columns of the terminal, where the table does not fit. */
  readonly shrinksTo?: number | undefined;
}

/** A cell: text, which is escaped, and its tone. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

/** What a table needs to know of where it is shown. */
export interface TableSpace {
  /** Undefined: not a terminal, nothing is shortened. */
  readonly columns: number | undefined;
  readonly paint: Painter;
}

const gap = '  ';
// Without a terminal nothing is shortened, but one long text does not widen the lines of all others.
const widestPadding = 80;

/** Lays out a table with a heading; columns fit the terminal. Every text is escaped. Lines end in LF. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  space: TableSpace,
): string {
  const texts = rows.map((row) => columns.map((_, index) => escapeText(cellText(row[index]))));
  const isTerminal = space.columns !== undefined;
  const widths = columns.map((column, index) => {
    const needed = texts.reduce(
      (width, row) => Math.max(width, textWidth(row[index] ?? '')),
      textWidth(column.title),
    );
    return isTerminal ? needed : Math.min(needed, widestPadding);
  });
  if (isTerminal) shrink(widths, columns, space.columns);
  const line = (cells: readonly string[], tone: (index: number) => Tone | undefined): string =>
    cells
      .map((text, index) => {
        const fitted = isTerminal ? fitText(text, widths[index] ?? 0) : text;
        const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - textWidth(fitted)));
        const chosen = tone(index);
        const painted = chosen === undefined ? fitted : space.paint(chosen, fitted);
        if (columns[index]?.align === 'right') return padding + painted;
        return index === columns.length - 1 ? painted : painted + padding;
      })
      .join(gap)
      .trimEnd();
  const heading = line(
    columns.map((column) => column.title),
    () => 'strong',
  );
  const body = texts.map((row, number) => line(row, (index) => cellTone(rows[number]?.[index])));
  return `${[heading, ...body].join('\n')}\n`;
}

function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  return typeof cell === 'string' ? cell : cell.text;
}

function cellTone(cell: Cell | undefined): Tone | undefined {
  return cell === undefined || typeof cell === 'string' ? undefined : cell.tone;
}

// The widest column that may shrink gives up one column at a time, until all fits or none can give more.
function shrink(widths: number[], columns: readonly Column[], available: number): void {
  const total = (): number =>
    widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
  for (let excess = total() - available; excess > 0; excess -= 1) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      const width = widths[index] ?? 0;
      if (column.shrinksTo === undefined || width <= column.shrinksTo) continue;
      if (widest === -1 || width > (widths[widest] ?? 0)) widest = index;
    }
    if (widest === -1) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}

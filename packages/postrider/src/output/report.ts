import { escapeText } from './escape.ts';
import type { Painter, Tone } from './style.ts';
import { textWidth } from './width.ts';

/** One line of a report, or several where it does not fit. Every text is escaped. */
export interface ReportLine {
  /** The first column: a verdict. */
  readonly mark: string;
  readonly tone: Tone;
  /** The second column: what it is about. */
  readonly label: string;
  readonly text: string;
  /** What to do; stands below. */
  readonly advice?: string | undefined;
}

/** A part of a report, under a heading of its own. */
export interface ReportSection {
  readonly title: string;
  readonly lines: readonly ReportLine[];
}

/** What a report needs to know of where it is shown. */
export interface ReportSpace {
  /** Undefined: not a terminal, no line is broken. */
  readonly columns: number | undefined;
  readonly paint: Painter;
}

const gap = '  ';
const narrowest = 24;

const narrowestLabel = 10;

/** Lays a report out: verdicts, labels and texts each in a column of their own. Lines end in LF. */
export function formatReport(sections: readonly ReportSection[], space: ReportSpace): string {
  const markWidth = widest(sections.flatMap(({ lines }) => lines.map(({ mark }) => mark)));
  return sections
    .map(({ title, lines }) => {
      const labelWidth = Math.max(narrowestLabel, widest(lines.map(({ label }) => escapeText(label))));
      const body = lines.map((line) => formatLine(line, markWidth, labelWidth, space)).join('');
      return `${space.paint('strong', escapeText(title))}\n${body}`;
    })
    .join('\n');
}

function formatLine(
  { mark, tone, label, text, advice }: ReportLine,
  markWidth: number,
  labelWidth: number,
  { columns, paint }: ReportSpace,
): string {
  const indent = ' '.repeat(gap.length * 3 + markWidth + labelWidth);
  const room =
    columns === undefined ? Number.POSITIVE_INFINITY : Math.max(narrowest, columns - indent.length - 1);
  const [first = '', ...more] = wrap(escapeText(text), room);
  const hints = advice === undefined ? [] : wrap(escapeText(advice), room - 3);
  const lines = [
    `${gap}${paint(tone, pad(mark, markWidth))}${gap}${paint('faint', pad(escapeText(label), labelWidth))}${gap}${first}`,
    ...more.map((line) => indent + line),
    ...hints.map((line, index) => `${indent}${paint('name', index === 0 ? '->' : '  ')} ${line}`),
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, textWidth(text)), 0);
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** Breaks a text between words. A word that is too long for a line has one of its own: it may have to be copied. */
function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer) > room) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

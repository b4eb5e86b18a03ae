import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { makePainter } from '../../src/output/style.ts';
import { formatTable } from '../../src/output/table.ts';
import { textWidth } from '../../src/output/width.ts';

const plain = makePainter(false);
const columns = [
  { title: 'N', align: 'right' },
  { title: 'From', shrinksTo: 6 },
  { title: 'Subject', shrinksTo: 8 },
] as const;

suite('tables', () => {
  test('columns are as wide as their widest cell; the last one is not padded', () => {
    const rows = [
      ['1', 'Bob', 'Lunch?'],
      ['10', '田中さくら', '東京'],
    ];
    assert.equal(
      formatTable(columns, rows, { columns: undefined, paint: plain }),
      ' N  From        Subject\n 1  Bob         Lunch?\n10  田中さくら  東京\n',
    );
  });

  test('what does not fit the terminal is shortened, the widest first, down to its limit', () => {
    const rows = [['1', 'a'.repeat(40), 'b'.repeat(20)]];
    const at = (width: number): string[] =>
      formatTable(columns, rows, { columns: width, paint: plain }).trimEnd().split('\n');
    for (const width of [60, 40, 30, 19]) {
      for (const line of at(width)) assert.ok(textWidth(line) <= width, `${width}: ${line}`);
    }
    assert.equal(at(19)[1], '1  aaaaa…  bbbbbbb…');
    // Too narrow for anything: it stays readable, and wraps.
    assert.equal(at(5)[1], '1  aaaaa…  bbbbbbb…');
  });

  test('without a terminal nothing is shortened, and one long cell does not widen all lines', () => {
    const rows = [
      ['1', 'a'.repeat(5000), 'one'],
      ['2', 'Bob', 'two'],
    ];
    const lines = formatTable(columns, rows, { columns: undefined, paint: plain }).split('\n');
    assert.equal(lines[1], `1  ${'a'.repeat(5000)}  one`);
    assert.equal(lines[2], `2  ${'Bob'.padEnd(80)}  two`);
  });

  test('cells are escaped before they are measured', () => {
    const rows = [
      ['1', '\x1b[2J\u202ex', 'one'],
      ['2', 'y', 'two\nlines'],
    ];
    assert.equal(
      formatTable(columns, rows, { columns: undefined, paint: plain }),
      'N  From              Subject\n1  \\x1b[2J\\u{202e}x  one\n2  y                 two\\x0alines\n',
    );
  });

  test('colours take no room', () => {
    const rows = [['1', { text: 'Bob', tone: 'bad' } as const, 'x']];
    const painted = formatTable(columns, rows, { columns: undefined, paint: makePainter(true) });
    assert.match(painted, /\x1b\[31mBob\x1b\[39m {3}x/);
  });
});

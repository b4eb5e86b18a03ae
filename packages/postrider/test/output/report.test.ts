import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { formatReport, type ReportLine } from '../../src/output/report.ts';
import { makePainter } from '../../src/output/style.ts';

const paint = makePainter(false);
const line = (more: Partial<ReportLine>): ReportLine => ({
  mark: '',
  tone: 'faint',
  label: '',
  text: '',
  ...more,
});

suite('a report', () => {
  test('has a column for verdicts, one for labels, one for texts', () => {
    const sections = [
      {
        title: 'One',
        lines: [
          line({ mark: 'good', label: 'short', text: 'text', advice: 'do this' }),
          line({ label: 'a longer label', text: 'more' }),
        ],
      },
      { title: 'Two', lines: [line({ mark: 'bad', label: 'x', text: 'y' })] },
    ];
    assert.equal(
      formatReport(sections, { columns: undefined, paint }),
      `One
  good  short           text
                        -> do this
        a longer label  more

Two
  bad   x           y
`,
    );
  });

  test('breaks texts between words, and leaves what is one word whole', () => {
    const pin = 'x'.repeat(60);
    const sections = [
      {
        title: 'T',
        lines: [
          line({
            mark: 'bad',
            label: 'l',
            text: `one two three four five six ${pin} end`,
            advice: 'first second third fourth',
          }),
        ],
      },
    ];
    assert.equal(
      formatReport(sections, { columns: 40, paint }),
      `T
  bad  l           one two three four five
                   six
                   ${pin}
                   end
                   -> first second third
                      fourth
`.replace(
        'first second third\n                      fourth',
        'first second third\n                      fourth',
      ),
    );
  });

  test('never gives a terminal what a server chose raw', () => {
    const lines = [line({ mark: 'good', label: '\x1b[2Jl', text: '\x1b]0;x\x07\u202e', advice: '\x9b1m' })];
    const text = formatReport([{ title: '\x1b[31mT', lines }], { columns: 80, paint });
    assert.match(text, /^[\x20-\x7e\n]+$/);
  });

  test('colours verdicts without moving a column', () => {
    const sections = [
      { title: 'T', lines: [line({ mark: 'weak', tone: 'warning', label: 'l', text: 't' })] },
    ];
    const colored = formatReport(sections, { columns: 80, paint: makePainter(true) });
    assert.match(colored, /\x1b\[33mweak\x1b\[39m/);
    assert.equal(stripVTControlCharacters(colored), formatReport(sections, { columns: 80, paint }));
  });
});

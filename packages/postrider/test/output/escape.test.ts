import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { escapeLines, escapeText, splitText } from '../../src/output/escape.ts';

suite('escaping what others chose', () => {
  const rows: readonly (readonly [what: string, text: string, shown: string])[] = [
    ['plain text', 'Grüße, 東京 🎉', 'Grüße, 東京 🎉'],
    ['an escape sequence', '\x1b[31mred', '\\x1b[31mred'],
    ['the bell and a title', '\x1b]0;owned\x07', '\\x1b]0;owned\\x07'],
    ['NUL, backspace, DEL', 'a\0b\bc\x7f', 'a\\x00b\\x08c\\x7f'],
    ['C1: CSI of one octet', '\x9b31m', '\\x9b31m'],
    ['line ends and tabs', 'a\r\nb\tc', 'a\\x0d\\x0ab\\x09c'],
    [
      'bidi embedding and override',
      '\u202a\u202b\u202c\u202d\u202e',
      '\\u{202a}\\u{202b}\\u{202c}\\u{202d}\\u{202e}',
    ],
    ['bidi isolates', '\u2066\u2067\u2068\u2069', '\\u{2066}\\u{2067}\\u{2068}\\u{2069}'],
    ['bidi marks', '\u061c\u200e\u200f', '\\u{61c}\\u{200e}\\u{200f}'],
    ['line and paragraph separator', '\u2028\u2029', '\\u{2028}\\u{2029}'],
    ['tag characters', '\u{e0041}', '\\u{e0041}'],
    ['half a surrogate pair', '\ud83d', '\\u{d83d}'],
    ['what emoji are made of', '👩‍👩‍👧 ❤️ e\u0301', '👩‍👩‍👧 ❤️ e\u0301'],
  ];
  for (const [what, text, shown] of rows) test(what, () => assert.equal(escapeText(text), shown));

  test('lines: their ends and tabs stay, a bare CR does not', () => {
    assert.equal(escapeLines('a\r\nb\n\tc\rd\x1b[2J'), 'a\nb\n\tc\\x0dd\\x1b[2J');
  });

  test('no text gets a control character through', () => {
    const acts = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
    const hostile = fc.string({
      unit: fc.integer({ min: 0, max: 0x2100 }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(fc.property(hostile, (text) => !acts.test(escapeText(text))));
    fc.assert(fc.property(hostile, (text) => !acts.test(escapeLines(text).replace(/[\n\t]/g, ''))));
  });

  test('a long text is escaped the same in pieces', () => {
    const piece = [...splitText('x'.repeat(200_000))][0]?.length ?? 0;
    assert.ok(piece < 200_000);
    for (const cut of ['\r\n', '\r\r\n', '🎉', '\u{e0041}', '\x1b', '\ud800']) {
      for (const before of [piece - 2, piece - 1, piece]) {
        const text = `${'x'.repeat(before)}${cut}${cut}${'y'.repeat(piece)}`;
        const pieces = [...splitText(text)];
        assert.equal(pieces.join(''), text);
        assert.equal(
          pieces.map(escapeLines).join(''),
          escapeLines(text),
          `${JSON.stringify(cut)} at ${before}`,
        );
      }
    }
  });
});

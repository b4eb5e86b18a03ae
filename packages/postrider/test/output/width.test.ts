import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { fitText, textWidth } from '../../src/output/width.ts';

suite('the width of text', () => {
  const widths: readonly (readonly [text: string, columns: number])[] = [
    ['', 0],
    ['abc', 3],
    ['e\u0301', 1],
    ['東京', 4],
    ['ｶﾅ', 2],
    ['🎉', 2],
    ['👩‍👩‍👧', 2],
    ['🇯🇵', 2],
  ];
  for (const [text, columns] of widths)
    test(`'${text}' takes ${columns}`, () => assert.equal(textWidth(text), columns));

  const fits: readonly (readonly [text: string, columns: number, shown: string])[] = [
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['東京都', 6, '東京都'],
    ['東京都', 5, '東京…'],
    // A wide character that would stand across the edge goes.
    ['東京都', 4, '東…'],
    ['ae\u0301iou', 3, 'ae\u0301…'],
    ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
    // One character, as far as its width says.
    [`ab${'👩‍'.repeat(1000)}`, 9, 'ab…'],
    [`ab${'\u0301'.repeat(1000)}`, 9, 'a…'],
  ];
  for (const [text, columns, shown] of fits) {
    test(`'${text.slice(0, 20)}' in ${columns} columns`, () => {
      assert.equal(fitText(text, columns), shown);
      assert.ok(textWidth(shown) <= columns);
    });
  }
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseNumber } from '../../src/protocol/index.ts';

suite('numbers', () => {
  const good: readonly (readonly [text: string, value: number])[] = [
    ['0', 0],
    ['7', 7],
    ['0012', 12],
    ['9007199254740991', 9_007_199_254_740_991],
  ];
  for (const [text, value] of good) {
    test(`${text} is ${value}`, () => assert.equal(parseNumber(text), value));
  }

  const bad = [
    '',
    ' ',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '1 2',
    ' 1',
    '1\n',
    '9007199254740992',
    '18446744073709551616',
    '\u0661',
  ];
  for (const text of bad) {
    test(`${JSON.stringify(text)} is none`, () => assert.equal(parseNumber(text), undefined));
  }
});

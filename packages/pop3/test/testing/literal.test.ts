import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { formatLiteral, parseLiteral } from '../../src/testing/index.ts';

suite('octets as text', () => {
  const rows: readonly (readonly [text: string, octets: readonly number[]])[] = [
    ['', []],
    ['a', [97]],
    ['ä', [0xc3, 0xa4]],
    ['\\r\\n\\t\\0\\\\\\"', [13, 10, 9, 0, 92, 34]],
    ['\\xff\\x0A', [255, 10]],
    ['\\{3*ab}', [97, 98, 97, 98, 97, 98]],
    ['\\{2*\\r\\n}x', [13, 10, 13, 10, 120]],
    ['\\{0*a}', []],
  ];
  for (const [text, octets] of rows) {
    test(text, () => assert.deepEqual([...parseLiteral(text)], octets));
  }

  for (const text of ['\\q', '\\x1', '\\xgg', '\\', '\\{99999999*aaaa}']) {
    test(`${text} is an error`, () => assert.throws(() => parseLiteral(text), SyntaxError));
  }

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        assert.deepEqual([...parseLiteral(formatLiteral(octets))], [...octets]);
      }),
    );
  });
});

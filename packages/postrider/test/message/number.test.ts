import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { messageNumbers } from '../../src/message/number.ts';

suite('message-numbers', () => {
  test('whole numbers from 1 on', () =>
    assert.deepEqual(messageNumbers(['1', '20', '999999999999999']), [1, 20, 999_999_999_999_999]));
  for (const word of ['0', '01', '-1', '+1', '1.0', '1e3', '0x1', '', ' 1', '١', '9999999999999999'])
    test(`'${word}' is none`, () => assert.throws(() => messageNumbers([word]), { exitCode: 64 }));
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { prepareString } from '../../src/sasl/saslprep.ts';

suite('SASLprep', () => {
  // RFC 4013 section 3, and then cases of our own. undefined: prohibited.
  const rows: readonly (readonly [text: string, expected: string | undefined])[] = [
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['\u0007', undefined],
    ['\u06271', undefined],
    ['', ''],
    ['a\u00a0b', 'a b'],
    ['\u0627\u0628', '\u0627\u0628'],
    ['\u0627a', undefined],
    ['\ue000', undefined],
    ['\ufffd', undefined],
    ['\ud83c\udf89', '\ud83c\udf89'],
  ];
  for (const [text, expected] of rows) {
    test(JSON.stringify(text), () => {
      assert.equal(prepareString(text), expected);
    });
  }
});

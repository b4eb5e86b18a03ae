import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { countOf, formatOctets } from '../../src/output/quantity.ts';

suite('quantities for people', () => {
  const octets: readonly (readonly [octets: number, shown: string])[] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [3_400_000, '3.4 MB'],
    [7_000_000_000_000_000, '7000.0 TB'],
  ];
  for (const [number, shown] of octets) test(shown, () => assert.equal(formatOctets(number), shown));

  test('one is singular', () => {
    assert.deepEqual(
      [0, 1, 2].map((number) => countOf(number, 'message')),
      ['0 messages', '1 message', '2 messages'],
    );
    assert.equal(countOf(2, 'entry', 'entries'), '2 entries');
  });
});

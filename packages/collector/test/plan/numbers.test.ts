import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Numbers } from '../../src/plan/numbers.ts';

test('numbers are kept in their order, however many, and given in ascending order with others', () => {
  const expected = Array.from({ length: 1000 }, (_, index) => (index * 7919) % 1000);
  const numbers = new Numbers();
  for (const one of expected) numbers.add(one);
  assert.deepEqual([...numbers], expected);
  assert.deepEqual([numbers.length, numbers.at(2), numbers.at(1000)], [1000, 838, Number.NaN]);
  const others = new Numbers();
  for (const one of [2 ** 40, 0.5]) others.add(one);
  assert.deepEqual(
    [...numbers.sortedWith(others)],
    [...expected, 0.5, 2 ** 40].sort((a, b) => a - b),
  );
});

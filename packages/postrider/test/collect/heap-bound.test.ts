import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { getHeapSpaceStatistics } from 'node:v8';
import { HeapBound } from '../../src/collect/heap-bound.ts';

const megabyte = 2 ** 20;

function youngOctets(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}

suite('the heap of a long collection', () => {
  test('does not grow on and on for what is new', () => {
    const bound = new HeapBound();
    // A thousand messages under way, each of which lives on for a while.
    const underway: unknown[] = [];
    let most = 0;
    for (let count = 0; count < 100_000; count++) {
      underway[count % 1024] = Array.from({ length: 100 }, (_, index) => ({ index }));
      bound.delivered();
      if (count % 1024 === 0) most = Math.max(most, youngOctets());
    }
    assert.equal(underway.length, 1024);
    assert.ok(most >= 16 * megabyte, `${most} octets: it never grew so far as to be bounded`);
    assert.ok(most <= 40 * megabyte, `${most} octets`);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { getHeapSpaceStatistics } from 'node:v8';
import { boundHeap } from '../../src/collect/heap-bound.ts';

const megabyte = 2 ** 20;

function youngOctets(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}

/** A thousand messages under way, each of which lives on for a while: until the heap has grown so far, or for so many. */
async function work(octets: number, messages: number): Promise<number> {
  const underway: unknown[] = [];
  for (let count = 0; count < messages && youngOctets() < octets; count++) {
    for (let part = 0; part < 64; part++)
      underway[(64 * count + part) % 1024] = Array.from({ length: 100 }, (_, index) => ({ index }));
    await turn();
  }
  assert.ok(underway.length > 0);
  return youngOctets();
}

suite('the heap of a long collection', () => {
  test('does not grow on and on for what is new', async ({ mock }) => {
    mock.timers.enable({ apis: ['setInterval'] });
    const stop = boundHeap();
    assert.ok((await work(16 * megabyte, 2000)) >= 16 * megabyte, 'it never grew so far as to be bounded');
    mock.timers.tick(100);
    const octets = await work(64 * megabyte, 2000);
    stop();
    assert.ok(octets < 64 * megabyte, `${octets} octets`);
    assert.ok((await work(64 * megabyte, 2000)) >= 64 * megabyte, 'it is bounded still');
  });
});

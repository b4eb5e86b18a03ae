import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Queue } from '../../src/protocol/index.ts';

suite('a queue', () => {
  test('does what an array does, whatever is asked of it', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.constant('push' as const) },
      { weight: 5, arbitrary: fc.constant('shift' as const) },
      { weight: 1, arbitrary: fc.constantFrom('drain' as const, 'remove' as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 2000, size: 'max' }), (steps) => {
        const queue = new Queue<{ id: number }>();
        let array: { id: number }[] = [];
        for (const [id, what] of steps.entries()) {
          const item = { id };
          if (what === 'push') {
            queue.push(item);
            array.push(item);
          } else if (what === 'shift') {
            assert.equal(queue.shift(), array.shift());
          } else if (what === 'drain') {
            assert.deepEqual(queue.drain(), array);
            array = [];
          } else {
            const middle = array[array.length >> 1] ?? item;
            assert.equal(queue.remove(middle), array.includes(middle));
            array = array.filter((one) => one !== middle);
          }
          assert.equal(queue.length, array.length);
          assert.equal(queue.first, array[0]);
          assert.equal(queue.last, array.at(-1));
        }
      }),
      { numRuns: 100 },
    );
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mapLimited } from '../../src/status/map-limited.ts';

suite('several at a time', () => {
  test('never more than the limit, results in order', async () => {
    let running = 0;
    let most = 0;
    const results = await mapLimited([5, 4, 3, 2, 1, 0], 2, async (number) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < number; turn++) await Promise.resolve();
      running -= 1;
      return number * 10;
    });
    assert.deepEqual(results, [50, 40, 30, 20, 10, 0]);
    assert.equal(most, 2);
  });
  test('nothing to do', async () => assert.deepEqual(await mapLimited([], 2, async () => 1), []));
  test('a failure is the failure of all', async () => {
    await assert.rejects(
      mapLimited([1, 2], 1, (number) => Promise.reject(new Error(`${number}`))),
      { message: '1' },
    );
  });
});

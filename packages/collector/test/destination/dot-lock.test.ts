import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLockedByPostrider, takeDotLock } from '../../src/destination/dot-lock.ts';
import { processName } from '../../src/destination/process.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-lock-'));
  path = join(folder, 'inbox');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const [host = ''] = processName.split('-');

suite('a dot-lock', () => {
  test('goes to those of one process in the order they came, though the first ones want it again at once', async () => {
    const order: string[] = [];
    async function holdTwice(name: string): Promise<void> {
      for (const time of [1, 2]) {
        const unlock = await takeDotLock(path);
        assert.ok(unlock !== undefined);
        order.push(`${name}${time}`);
        await sleep(20);
        unlock();
      }
    }
    await Promise.all(['a', 'b', 'c'].map(holdTwice));
    assert.deepEqual(order, ['a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
    assert.ok(!existsSync(`${path}.lock`));
  });

  test('that cannot be made or given back keeps nobody waiting', async () => {
    const missing = join(folder, 'missing', 'inbox');
    const both = await Promise.allSettled([takeDotLock(missing), takeDotLock(missing)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    const unlock = await takeDotLock(path);
    const next = takeDotLock(path);
    rmSync(`${path}.lock`);
    unlock?.();
    (await next)?.();
    assert.ok(!existsSync(`${path}.lock`));
  });

  test('that another program keeps is waited for once, not by each of one process after the other', async (context) => {
    const passed = context.mock.method(performance, 'now', () => passed.mock.callCount() * 1000);
    writeFileSync(`${path}.lock`, 'another program');
    const [first, second] = await Promise.all([takeDotLock(path), takeDotLock(path)]);
    assert.equal(first, undefined);
    const calls = passed.mock.callCount();
    assert.equal(second, undefined);
    assert.ok(calls <= 14, `${calls}`);
    rmSync(`${path}.lock`);
    (await takeDotLock(path))?.();
  });

  for (const [name, content, expected] of [
    ['of a Postrider that runs', `${process.pid} host ${processName}\n`, true],
    ['of a Postrider that died', `4194304 host ${host}-4194304-1\n`, false],
    ['of another machine', '1 host 00000000-1-1\n', false],
    ['of another program', `${process.pid}\n`, false],
    ['that is not there', undefined, false],
  ] as const) {
    test(`${name} is ${expected ? '' : 'not '}taken for that of another Postrider`, () => {
      if (content !== undefined) writeFileSync(`${path}.lock`, content);
      assert.equal(isLockedByPostrider(path), expected);
    });
  }
});

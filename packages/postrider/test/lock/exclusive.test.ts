import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { exclusively } from '../../src/lock/exclusive.ts';

suite('exclusively', () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-lock-'));
    path = join(folder, 'deep', 'down', 'a.lock');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('lets one work at a time, also within a process', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside++;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all(Array.from({ length: 5 }, () => exclusively(path, work)));
    assert.equal(most, 1);
  });

  test('gives what the work gives, and lets go where the work fails', async () => {
    assert.equal(await exclusively(path, async () => 7), 7);
    await assert.rejects(
      exclusively(path, () => Promise.reject(new Error('no'))),
      /^Error: no$/,
    );
    assert.equal(await exclusively(path, async () => 8), 8);
  });

  test('says which lock is held, after a while', async () => {
    await exclusively(path, async () => {
      await assert.rejects(
        exclusively(path, async () => {}, { milliseconds: 20 }),
        { name: 'ProgramError', exitCode: 75, message: `another process has held ${path} for 0.02 seconds` },
      );
    });
  });

  test('ends the wait when that is asked for', async () => {
    const controller = new AbortController();
    await exclusively(path, async () => {
      const waiting = exclusively(path, async () => {}, { signal: controller.signal });
      controller.abort();
      await assert.rejects(waiting, { name: 'AbortError' });
    });
  });

  test('a holder that is killed leaves nothing behind', async () => {
    const module = new URL('../../src/lock/exclusive.ts', import.meta.url).href;
    const source = `const { exclusively } = await import(${JSON.stringify(module)});
      await exclusively(${JSON.stringify(path)}, () => {
        console.log('held');
        return new Promise(() => setInterval(() => {}, 1000));
      });`;
    const holder = spawn(process.execPath, [
      '--conditions=@postrider/source',
      '--input-type=module',
      '--eval',
      source,
    ]);
    await once(holder.stdout, 'data');
    await assert.rejects(exclusively(path, async () => {}, { milliseconds: 1 }));
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    assert.equal(await exclusively(path, async () => 9, { milliseconds: 1 }), 9);
  });

  test('a folder that cannot be made: 74, and another one is named', async () => {
    await assert.rejects(
      exclusively('/dev/null/a.lock', async () => {}),
      { name: 'ProgramError', exitCode: 74 },
    );
  });
});

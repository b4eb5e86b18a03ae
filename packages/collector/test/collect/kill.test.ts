import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { Crime } from '../support/crime.ts';
import { fileKinds } from '../support/file-destination.ts';
import { message } from '../support/scene.ts';

// A collection is killed with SIGKILL at every step, and at moments that nobody chose; the next run must find each message on the server or whole at the
// destination, and bring every one home exactly once. Everything takes minutes: POSTRIDER_KILL=all. By default each combination is killed at every
// so manieth point, beginning with another one, and at a few moments.
const everything = process.env['POSTRIDER_KILL'] === 'all';
const step = everything ? 1 : 20;
const moments = everything ? 200 : 6;

const victim = new URL('../support/victim.ts', import.meta.url).pathname;
const cache = mkdtempSync(join(tmpdir(), 'pr-kill-cache-'));
after(() => rmSync(cache, { recursive: true, force: true }));

interface Ran {
  readonly output: string;
  readonly killed: boolean;
  /** Milliseconds from when it was ready. */
  readonly lasted: number;
}

/** Runs a collection in a process of its own; it is killed so many milliseconds after it was ready, where that is given. */
function run(words: readonly string[], killAfter?: number): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@postrider/source', victim, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: cache },
    });
    let output = '';
    let complaint = '';
    let ready = 0;
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => {
      complaint += data;
      if (ready > 0 || !complaint.startsWith('ready')) return;
      ready = performance.now();
      if (killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const killed = signal === 'SIGKILL';
      if (killed || code === 0) resolve({ output, killed, lasted: performance.now() - ready });
      else reject(new Error(`the victim failed: ${complaint}`));
    });
  });
}

// What makes a message be written in parts.
const long = 'one line of many\n'.repeat(18_000);

const combinations = fileKinds.flatMap((kind) =>
  ['keep', 'delete'].map((retention) => [kind, retention] as const),
);

suite('killed at any step, and run again: everything exactly once', { concurrency: 2 }, () => {
  const few = [message(1, 20), message(2, 20) + long, message(3, 20)];
  for (const [index, [kind, retention]] of combinations.entries()) {
    test(`${kind}, ${retention}`, async (context) => {
      const names = new Set<string>();
      const first = everything ? 1 : 1 + 2 * index;
      for (let point = first; ; point += step) {
        await using crime = new Crime(kind, retention, few);
        await crime.open();
        const { killed, output } = await run(crime.words(point));
        if (!killed) {
          assert.match(output, /^finished done/);
          break;
        }
        crime.examine(output);
        await crime.recover(output);
        names.add(output);
      }
      context.diagnostic(`${names.size} points`);
      assert.ok(names.size >= (everything ? 40 : 3), [...names].join(', '));
    });
  }
});

suite('killed at any moment, and run again: everything exactly once', { concurrency: 2 }, () => {
  const many = Array.from(
    { length: 300 },
    (_, index) => message(index, 40 + (index % 200)) + (index % 30 === 0 ? long : ''),
  );
  for (const [index, [kind, retention]] of combinations.entries()) {
    test(`${kind}, ${retention}`, async (context) => {
      await using whole = new Crime(kind, retention, many);
      await whole.open();
      const { lasted } = await run(whole.words(0));
      let kills = 0;
      const wanted =
        Math.floor(moments / combinations.length) + (index < moments % combinations.length ? 1 : 0);
      while (kills < wanted) {
        await using crime = new Crime(kind, retention, many);
        await crime.open();
        const moment = Math.random() * lasted;
        const { killed } = await run(crime.words(0), moment);
        // It may have been faster this time.
        if (!killed) continue;
        kills++;
        crime.examine(`after ${moment} ms`);
        await crime.recover(`after ${moment} ms`);
      }
      context.diagnostic(`${kills} kills within ${Math.round(lasted)} ms`);
    });
  }
});

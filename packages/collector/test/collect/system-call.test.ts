import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import {
  findProgram,
  program,
  type Requirement,
  requireProgram,
} from '../../../../interop/src/require-program.ts';
import { Crime } from '../support/crime.ts';
import { message } from '../support/scene.ts';

// The same as the kill matrix and the file faults, but below everything of ours: strace kills the process at a system call, or makes the call fail, wherever it
// comes from: SQLite's own writes too.
const everything = process.env['POSTRIDER_KILL'] === 'all';

const victim = new URL('../support/victim.ts', import.meta.url).pathname;
const cache = mkdtempSync(join(tmpdir(), 'pr-strace-cache-'));
after(() => rmSync(cache, { recursive: true, force: true }));

function requireStrace(): Requirement {
  const required = requireProgram('strace');
  if (required.skip !== false || findProgram('strace') === undefined) return required;
  const works = spawnSync(program('strace'), ['-qq', '-o', '/dev/null', 'true']).status === 0;
  return works ? required : { skip: 'strace may not trace here' };
}

interface Ran {
  readonly output: string;
  readonly complaint: string;
  readonly killed: boolean;
}

/** Runs a collection under strace with one injection. */
function run(injection: string, words: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const node = [process.execPath, '--conditions=@postrider/source', victim, ...words];
    const child = spawn(
      program('strace'),
      ['-f', '-qq', '-o', '/dev/null', '-e', `inject=${injection}`, ...node],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, NODE_COMPILE_CACHE: cache },
      },
    );
    let output = '';
    let complaint = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (complaint += data));
    child.on('error', reject);
    // strace ends as its child did.
    child.on('close', (code, signal) =>
      resolve({ output, complaint, killed: signal === 'SIGKILL' || code === 137 }),
    );
  });
}

const messages = [1, 2, 3].map((number) => message(number, 20));
// Each by itself: strace counts them apart. `few` are those of an ordinary run of the tests.
const durable = [
  { call: 'pwrite64', few: [2, 25] },
  { call: 'fdatasync', few: [2] },
  { call: 'fsync', few: [2, 9] },
  { call: 'link,linkat', few: [2, 3] },
  { call: 'unlink,unlinkat', few: [4] },
  { call: 'rename,renameat', few: [2] },
  { call: 'ftruncate', few: [] },
];
const numbersOf = (few: readonly number[]): Iterable<number> =>
  everything ? Array.from({ length: 100 }, (_, index) => index + 1) : few;

suite('killed at a system call, and run again: everything exactly once', requireStrace(), () => {
  for (const kind of ['maildir', 'mbox']) {
    test(`${kind}, delete`, async (context) => {
      const kills: string[] = [];
      for (const { call, few } of durable) {
        for (const number of numbersOf(few)) {
          await using crime = new Crime(kind, 'delete', messages);
          await crime.open();
          const injection = `${call}:signal=SIGKILL:when=${number}`;
          const { killed, output, complaint } = await run(injection, crime.words(0));
          if (!killed) {
            assert.match(output, /^finished done/, complaint);
            break;
          }
          kills.push(call);
          crime.examine(`at ${call} ${number}`);
          await crime.recover(`at ${call} ${number}`);
        }
      }
      const each = Map.groupBy(kills, (call) => call);
      const counts = [...each].map(([call, of]) => `${of.length} at ${call}`).join(', ');
      context.diagnostic(`${kills.length} kills: ${counts}`);
      assert.ok(each.size >= 4, counts);
    });
  }
});

suite('a system call that fails: a clear error, and the next run completes', requireStrace(), () => {
  const faults = [
    ['pwrite64', 'ENOSPC', /the disk is full|the disk failed/, [12]],
    ['pwrite64', 'EIO', /the disk failed/, [1, 20]],
    ['fdatasync', 'EIO', /the disk failed|the disk reports an error/, [1]],
    ['fsync', 'EIO', /the disk failed|the disk reports an error/, [1]],
    ['link,linkat', 'EACCES', /permission is denied/, [3]],
    ['rename', 'EACCES', /permission is denied/, [1]],
  ] as const;
  for (const [call, code, words, few] of faults) {
    test(`${code} from ${call}`, async (context) => {
      let failures = 0;
      for (const number of everything ? Array.from({ length: 60 }, (_, index) => index + 1) : few) {
        const kind = call === 'rename' || (call !== 'link,linkat' && number % 2 === 0) ? 'mbox' : 'maildir';
        await using crime = new Crime(kind, 'delete', messages);
        await crime.open();
        const { output, complaint } = await run(`${call}:error=${code}:when=${number}`, crime.words(0));
        const said = `${output} ${complaint}`;
        if (!output.startsWith('finished done')) {
          failures++;
          assert.match(said, words, said);
        }
        crime.examine(`${code} from ${call} ${number}`);
        await crime.recover(`${code} from ${call} ${number}`);
      }
      context.diagnostic(`${failures} failures`);
      assert.ok(failures > 0, 'the fault was never seen');
    });
  }
});

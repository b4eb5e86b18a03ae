import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { message } from '../support/scene.ts';

const victim = new URL('../support/victim.ts', import.meta.url).pathname;
// Every call takes minutes; by default each combination takes every seventh, beginning with another one.
const step = process.env['POSTRIDER_KILL'] === 'all' ? 1 : 7;
const messages = [1, 2, 3].map((number) => message(number, 20));

interface Ran {
  readonly output: string;
  readonly killed: boolean;
}

function run(...words: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--conditions=@postrider/source', victim, ...words], (error, output) => {
      resolve({ output, killed: error?.signal === 'SIGKILL' });
    });
  });
}

/** What is at the destination, message by message. */
function delivered(path: string, kind: string): string[] {
  if (kind === 'maildir')
    return readdirSync(join(path, 'new'))
      .map((file) => readFileSync(join(path, 'new', file), 'latin1'))
      .sort();
  if (kind === 'eml')
    return readdirSync(path)
      .map((file) => readFileSync(join(path, file), 'latin1').replaceAll('\r\n', '\n'))
      .sort();
  const parts = readFileSync(path, 'latin1')
    .split(/^From MAILER-DAEMON .*\n/m)
    .slice(1);
  return parts.map((part) => part.replace(/\n$/, '')).sort();
}

/** Kills a collection at one call, lets the next run finish, and checks both ends. Gives the call's name, or undefined where there were fewer. */
async function killAt(point: number, kind: string, retention: string): Promise<string | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'pr-kill-'));
  const maildrop = new MemoryMaildrop(messages);
  const server = new Pop3Server({ users: { a: 'b' }, maildrop: () => maildrop });
  try {
    const { port } = await server.listen();
    const first = await run(String(port), folder, kind, retention, String(point));
    if (!first.killed) {
      assert.match(first.output, /^finished done/);
      return undefined;
    }
    const second = await run(String(port), folder, kind, retention, '0');
    assert.match(second.output, /^finished done/, `killed ${first.output}`);
    const third = await run(String(port), folder, kind, retention, '0');
    assert.match(third.output, /^finished done/, `killed ${first.output}`);
    assert.deepEqual(delivered(join(folder, kind), kind), [...messages].sort(), `killed ${first.output}`);
    assert.equal(
      maildrop.messages.length,
      retention === 'delete' ? 0 : messages.length,
      `killed ${first.output}`,
    );
    if (kind === 'maildir') assert.deepEqual(readdirSync(join(folder, kind, 'tmp')), []);
    return first.output;
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

suite('killed at any call, and run again: everything exactly once', { concurrency: 2 }, () => {
  for (const [index, kind] of ['maildir', 'eml', 'mbox'].entries()) {
    for (const retention of ['keep', 'delete']) {
      test(`${kind}, ${retention}`, async () => {
        const names = new Set<string>();
        const first = step === 1 ? 1 : 1 + index * 2 + (retention === 'keep' ? 0 : 1);
        for (let point = first; ; point += step) {
          const name = await killAt(point, kind, retention);
          if (name === undefined) {
            assert.ok(point > 20, `only ${point} points`);
            break;
          }
          names.add(name);
        }
        assert.ok(names.size >= (step === 1 ? 20 : 4), [...names].join(', '));
      });
    }
  }
});

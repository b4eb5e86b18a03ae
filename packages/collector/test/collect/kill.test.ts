import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { Pop3Client } from '@postrider/pop3';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { collect, SqliteLedger } from '../../src/index.ts';
import { fileKinds, leftovers, makeDestination, visibleMessages } from '../support/file-destination.ts';
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

/** The server, the folder, and what must be true of both. */
class Crime {
  readonly folder = mkdtempSync(join(tmpdir(), 'pr-kill-'));
  readonly maildrop: MemoryMaildrop;
  readonly #messages: readonly string[];
  readonly #kind: string;
  readonly #retention: string;
  readonly #server: Pop3Server;
  #port = 0;

  constructor(kind: string, retention: string, messages: readonly string[]) {
    this.#kind = kind;
    this.#retention = retention;
    this.#messages = messages;
    this.maildrop = new MemoryMaildrop(messages);
    this.#server = new Pop3Server({ users: { a: 'b' }, maildrop: () => this.maildrop });
  }

  async open(): Promise<void> {
    this.#port = (await this.#server.listen()).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  commit(point: number, killAfter?: number): Promise<Ran> {
    return run([String(this.#port), this.folder, this.#kind, this.#retention, String(point)], killAfter);
  }

  /** Right after the kill: nothing is lost, nothing is there twice, and no part of a message is visible (I3, I4, I5). */
  examine(when: string): void {
    const visible = visibleMessages(this.#kind, this.folder);
    const known = new Set(this.#messages);
    const parts = visible.filter((one) => !known.has(one));
    // A group that is being appended is behind the lock of a process that is dead: mail programs keep away until the next run has cut it off.
    const locked = existsSync(join(this.folder, 'mbox.lock'));
    if (!locked) assert.deepEqual(parts, [], `a part is visible, killed ${when}`);
    const whole = visible.filter((one) => known.has(one));
    if (!locked) assert.equal(new Set(whole).size, whole.length, `twice, killed ${when}`);
    const safe = new Set([...whole, ...this.maildrop.messages.map(textOf)]);
    assert.equal(safe.size, this.#messages.length, `lost, killed ${when}`);
  }

  /** The next run, and one more: everything exactly once, and the server has exactly what it should (I5, I6, I11). */
  async recover(when: string): Promise<void> {
    for (let count = 0; count < 2; count++) {
      await using ledger = new SqliteLedger(join(this.folder, 'ledger.sqlite'));
      const { result, error } = await collect({
        account: 'a@127.0.0.1',
        ledger,
        destinations: [makeDestination(this.#kind, this.folder)],
        retention: this.#retention === 'delete' ? { type: 'delete' } : { type: 'keep' },
        login: async () => {
          const client = await Pop3Client.connect({ host: '127.0.0.1', port: this.#port, security: 'none' });
          await client.authenticate({ user: 'a', password: 'b' });
          return client;
        },
      });
      assert.equal(result, 'done', `${String(error)}, killed ${when}`);
      assert.deepEqual(
        visibleMessages(this.#kind, this.folder),
        [...this.#messages].sort(),
        `killed ${when}`,
      );
      assert.deepEqual(leftovers(this.#kind, this.folder), [], `killed ${when}`);
      const left = this.#retention === 'delete' ? 0 : this.#messages.length;
      assert.equal(this.maildrop.messages.length, left, `killed ${when}`);
    }
  }
}

function textOf(stored: MemoryMaildrop['messages'][number]): string {
  return Buffer.from(stored.content).toString('latin1').replaceAll('\r\n', '\n');
}

const combinations = fileKinds.flatMap((kind) =>
  ['keep', 'delete'].map((retention) => [kind, retention] as const),
);

suite('killed at any step, and run again: everything exactly once', { concurrency: 2 }, () => {
  const few = [1, 2, 3].map((number) => message(number, 20));
  for (const [index, [kind, retention]] of combinations.entries()) {
    test(`${kind}, ${retention}`, async (context) => {
      const names = new Set<string>();
      const first = everything ? 1 : 1 + 2 * index;
      for (let point = first; ; point += step) {
        await using crime = new Crime(kind, retention, few);
        await crime.open();
        const { killed, output } = await crime.commit(point);
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
  const many = Array.from({ length: 300 }, (_, index) => message(index, 40 + (index % 200)));
  for (const [index, [kind, retention]] of combinations.entries()) {
    test(`${kind}, ${retention}`, async (context) => {
      await using whole = new Crime(kind, retention, many);
      await whole.open();
      const { lasted } = await whole.commit(0);
      let kills = 0;
      const wanted =
        Math.floor(moments / combinations.length) + (index < moments % combinations.length ? 1 : 0);
      while (kills < wanted) {
        await using crime = new Crime(kind, retention, many);
        await crime.open();
        const moment = Math.random() * lasted;
        const { killed } = await crime.commit(0, moment);
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

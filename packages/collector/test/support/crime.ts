import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pop3Client } from '@postrider/pop3';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { collect, SqliteLedger } from '../../src/index.ts';
import { leftovers, makeDestination, visibleMessages } from './file-destination.ts';

/** A collection that is killed, or made to fail: its server, its folder, and what must be true of both afterwards. */
export class Crime {
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

  /** The arguments of `victim.ts`. */
  words(point: number): string[] {
    return [String(this.#port), this.folder, this.#kind, this.#retention, String(point)];
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

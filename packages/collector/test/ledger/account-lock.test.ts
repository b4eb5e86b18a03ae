import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { LedgerError, SqliteLedger } from '../../src/index.ts';

const program = new URL('../support/holder.ts', import.meta.url).pathname;
let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-lock-'));
  path = join(folder, 'ledger.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function hold(account: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--conditions=@postrider/source', program, path, account], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

suite('one collector an account', () => {
  test('a second process is refused, and told who has it', async () => {
    const holder = await hold('a@example.org');
    await using ledger = new SqliteLedger(path);
    await assert.rejects(ledger.openAccount('a@example.org'), (error) => {
      assert.ok(error instanceof LedgerError);
      assert.equal(error.code, 'ERR_COLLECT_LEDGER_LOCKED');
      assert.deepEqual([error.holder?.pid, error.holder?.host], [holder.pid, hostname()]);
      assert.match(
        error.message,
        new RegExp(`a@example.org is being collected by process ${holder.pid} on `),
      );
      assert.equal(error.transient, true);
      assert.ok(error.hint);
      return true;
    });
    await kill(holder);
  });

  test('a second process is refused that calls the ledger by a link', async () => {
    const holder = await hold('a@example.org');
    const link = join(folder, 'link.sqlite');
    symlinkSync('ledger.sqlite', link);
    await using ledger = new SqliteLedger(link);
    await assert.rejects(ledger.openAccount('a@example.org'), { code: 'ERR_COLLECT_LEDGER_LOCKED' });
    await kill(holder);
  });

  test('other accounts are free, and can be written meanwhile', async () => {
    const holder = await hold('a@example.org');
    await using ledger = new SqliteLedger(path);
    const other = await ledger.openAccount('b@example.org');
    await other.commit([{ type: 'listing', complete: true, at: 1 }]);
    assert.equal(other.firstRun, false);
    await kill(holder);
  });

  test('the lock of a process that was killed is nobody’s', async () => {
    const holder = await hold('a@example.org');
    await kill(holder);
    await using ledger = new SqliteLedger(path);
    await using account = await ledger.openAccount('a@example.org');
    assert.equal(account.firstRun, true);
  });

  test('the same process is refused too, until it closes the account', async () => {
    await using ledger = new SqliteLedger(path);
    await using again = new SqliteLedger(path);
    const account = await ledger.openAccount('a@example.org');
    for (const one of [ledger, again]) {
      await assert.rejects(one.openAccount('a@example.org'), { code: 'ERR_COLLECT_LEDGER_LOCKED' });
    }
    await account.close();
    await account.close();
    await (await again.openAccount('a@example.org')).close();
  });

  test('whatever an account is called, its lock is a file in its own folder', async () => {
    await using ledger = new SqliteLedger(path);
    for (const name of ['../../x', '', 'a/b', '\0', 'ü'.repeat(500)]) {
      await using account = await ledger.openAccount(name);
      assert.equal(account.account, name);
    }
  });
});

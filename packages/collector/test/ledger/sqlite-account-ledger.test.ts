import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import fc from 'fast-check';
import { type AccountLedger, type LedgerEntry, SqliteLedger } from '../../src/index.ts';

let folder = '';
let ledger: SqliteLedger;
let account: AccountLedger;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pr-ledger-'));
  ledger = new SqliteLedger(join(folder, 'ledger.sqlite'));
  account = await ledger.openAccount('a@example.org');
});
afterEach(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
});

const message = (key: string) => ({ key, uniqueId: key, octets: 1, headerHash: undefined });
async function read(entries: AsyncIterable<LedgerEntry>): Promise<LedgerEntry[]> {
  const found: LedgerEntry[] = [];
  for await (const entry of entries) found.push(entry);
  return found;
}
const entries = (of: AccountLedger = account): Promise<LedgerEntry[]> => read(of.entries());

suite('an account of the ledger', () => {
  test('gives back what was committed, also when it is opened again', async () => {
    await account.commit([
      { type: 'listing', complete: true, at: 5 },
      {
        type: 'delivered',
        message: message('u:1'),
        destination: 'maildir:A',
        complete: false,
        receivedOctets: 7,
        at: 6,
      },
      { type: 'delivering', message: message('u:1'), destination: 'lmtp://b', at: 7 },
    ]);
    const before = await entries();
    assert.deepEqual(before[0]?.delivered, ['maildir:A']);
    assert.deepEqual(before[0]?.delivering, ['lmtp://b']);
    await ledger.close();
    ledger = new SqliteLedger(join(folder, 'ledger.sqlite'));
    account = await ledger.openAccount('a@example.org');
    assert.deepEqual(await entries(), before);
    assert.equal(account.firstRun, false);
    assert.deepEqual(await read(ledger.entries('a@example.org')), before);
    assert.deepEqual(await ledger.accounts(), [{ account: 'a@example.org', entries: 1, listedAt: 5 }]);
  });

  test('an incomplete listing does not end the first run', async () => {
    await account.commit([{ type: 'listing', complete: false, at: 5 }]);
    assert.equal(account.firstRun, true);
  });

  test('that was opened to look, and no more, is forgotten', async () => {
    await (await ledger.openAccount('b@example.org')).close();
    const runs = await ledger.openAccount('c@example.org');
    const run = {
      result: 'failed',
      startedAt: 1,
      endedAt: 2,
      retrieved: 0,
      octets: 0,
      deleted: 0,
      failed: 0,
    } as const;
    await runs.recordRun(run);
    await runs.close();
    await account.commit([{ type: 'listed', message: message('u:1'), at: 1 }]);
    await account.close();
    const names = (await ledger.accounts()).map((one) => one.account);
    assert.deepEqual(names, ['a@example.org', 'c@example.org']);
  });

  test('a commit is all or nothing', async () => {
    const undelivered = { type: 'delete-requested', key: 'u:2', at: 1 } as const;
    const listed = [1, 2].map(
      (number) => ({ type: 'listed', message: message(`u:${number}`), at: 1 }) as const,
    );
    await assert.rejects(account.commit([...listed, undelivered]), { code: 'ERR_COLLECT_LEDGER_RECORD' });
    assert.deepEqual(await entries(), []);
    await account.commit(listed);
    assert.equal((await entries()).length, 2);
  });

  test('the deletion of what was not delivered is refused (I4)', async () => {
    await account.commit([{ type: 'failed', message: message('u:1'), reason: 'no', at: 1 }]);
    for (const type of ['delete-requested', 'gone'] as const) {
      await assert.rejects(account.commit([{ type, key: 'u:1', at: 2 }]), /not delivered/);
      await assert.rejects(account.commit([{ type, key: 'unheard of', at: 2 }]), /no entry/);
    }
  });

  test('accounts do not see each other’s entries', async () => {
    await using other = await ledger.openAccount('b@example.org');
    await account.commit([{ type: 'listed', message: message('u:1'), at: 1 }]);
    assert.deepEqual(await entries(other), []);
  });

  test('one can be read while another commits', async () => {
    await account.commit(
      Array.from({ length: 2500 }, (_, index) => ({ type: 'listed', message: message(`u:${index}`), at: 1 })),
    );
    await using other = await ledger.openAccount('b@example.org');
    const seen = new Set<string>();
    for await (const { key } of account.entries()) {
      seen.add(key);
      await other.commit([{ type: 'listed', message: message(key), at: 1 }]);
    }
    assert.equal(seen.size, 2500);
  });

  test('any text that a server sends comes back as it was', async () => {
    const octets = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(octets, octets, async (uniqueId, reason) => {
        await account.commit([
          { type: 'failed', message: { ...message(`u:${uniqueId}`), uniqueId }, reason, at: 1 },
        ]);
        const found = (await entries()).find(({ key }) => key === `u:${uniqueId}`);
        assert.deepEqual([found?.uniqueId, found?.reason], [uniqueId, reason]);
        await account.commit([{ type: 'forget', key: `u:${uniqueId}`, at: 2 }]);
      }),
      { numRuns: 50 },
    );
  });

  test('keeps the last hundred runs', async () => {
    const run = { result: 'done', octets: 0, deleted: 0, failed: 0, endedAt: 1 } as const;
    for (let number = 1; number <= 105; number++)
      await account.recordRun({ ...run, startedAt: number, retrieved: number });
    const runs = await ledger.runs('a@example.org');
    assert.deepEqual([runs.length, runs[0]?.retrieved, runs.at(-1)?.retrieved], [100, 105, 6]);
  });

  test('once it is closed, it says so', async () => {
    await account.close();
    await assert.rejects(account.commit([{ type: 'listing', complete: true, at: 1 }]), {
      code: 'ERR_COLLECT_LEDGER_CLOSED',
    });
    await ledger.close();
    await assert.rejects(ledger.accounts(), { code: 'ERR_COLLECT_LEDGER_CLOSED' });
  });
});

import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { type LedgerEntry, LedgerError, SqliteLedger } from '../../src/index.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { applicationId, schemaVersion } from '../../src/ledger/schema.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-ledger-'));
  path = join(folder, 'state', 'ledger.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pragma = (database: DatabaseSync, name: string): unknown =>
  Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];

async function fill(): Promise<void> {
  await using ledger = new SqliteLedger(path);
  await using account = await ledger.openAccount('a@example.org');
  const message = { uniqueId: undefined, octets: 1 };
  await account.commit(
    Array.from({ length: 500 }, (_, index) => ({
      type: 'listed',
      message: { ...message, key: `u:${index}` },
      at: 1,
    })),
  );
}

async function entriesOf(): Promise<LedgerEntry[]> {
  await using ledger = new SqliteLedger(path);
  const entries: LedgerEntry[] = [];
  for await (const entry of ledger.entries('a@example.org')) entries.push(entry);
  return entries;
}

/** Opening it must fail with this code and leave the file as it is. */
function refuses(code: string, words: RegExp): void {
  const before = readFileSync(path);
  assert.throws(
    () => new SqliteLedger(path),
    (error) => {
      assert.ok(error instanceof LedgerError, String(error));
      assert.equal(error.code, code, error.message);
      assert.match(error.message, words);
      assert.ok(error.message.includes(path));
      assert.ok(error.hint);
      return true;
    },
  );
  assert.ok(before.equals(readFileSync(path)), 'the file was changed');
}

suite('the ledger’s file', () => {
  test('is made with its folder, for its owner only', async () => {
    await fill();
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'state')).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(join(folder, 'state')), ['ledger.sqlite', 'ledger.sqlite.locks']);
  });

  test('is in WAL mode with synchronous FULL, so that a commit survives a loss of power', () => {
    mkdirSync(join(folder, 'state'));
    const database = openDatabase(path);
    assert.equal(pragma(database, 'journal_mode'), 'wal');
    assert.equal(pragma(database, 'synchronous'), 2);
    assert.equal(pragma(database, 'foreign_keys'), 1);
    database.close();
  });

  test('carries the version of its schema, and whose it is', async () => {
    await fill();
    const database = new DatabaseSync(path);
    assert.equal(pragma(database, 'user_version'), schemaVersion);
    assert.equal(pragma(database, 'application_id'), applicationId);
    database.close();
  });

  test('of an earlier version is brought up to this one, and keeps what it knows', async () => {
    await fill();
    const before = await entriesOf();
    const old = new DatabaseSync(path);
    old.exec('ALTER TABLE entry DROP COLUMN failed_at; PRAGMA user_version = 1');
    old.close();
    assert.deepEqual(await entriesOf(), before);
    const database = new DatabaseSync(path);
    assert.equal(pragma(database, 'user_version'), schemaVersion);
    database.close();
  });

  test('that a crash kept from being made leaves nothing, once nobody can be making it any more', () => {
    mkdirSync(join(folder, 'state'));
    const old = ['ledger.sqlite.1234.new', 'ledger.sqlite.1234.new-journal'];
    const kept = ['ledger.sqlite.1235.new', 'other.sqlite.1234.new'];
    for (const name of [...old, ...kept]) writeFileSync(join(folder, 'state', name), '');
    const longAgo = Date.now() / 1000 - 3600;
    for (const name of [...old, 'other.sqlite.1234.new'])
      utimesSync(join(folder, 'state', name), longAgo, longAgo);
    openDatabase(path).close();
    assert.deepEqual(readdirSync(join(folder, 'state')).sort(), ['ledger.sqlite', ...kept].sort());
  });

  test('that two processes make at once is one file', () => {
    mkdirSync(join(folder, 'state'));
    const one = openDatabase(path);
    const other = openDatabase(path);
    one.exec("INSERT INTO account (name) VALUES ('x')");
    assert.equal(other.prepare('SELECT name FROM account').get()?.['name'], 'x');
    one.close();
    other.close();
  });
});

suite('a place where no ledger can be is named with what is wrong there', () => {
  const refused = (at: string, words: RegExp): void =>
    assert.throws(
      () => new SqliteLedger(at),
      (error) =>
        error instanceof LedgerError &&
        error.code === 'ERR_COLLECT_LEDGER_ACCESS' &&
        words.test(error.message),
    );
  test('a folder', () => {
    mkdirSync(path, { recursive: true });
    refused(path, /^the ledger \/.*: it is a folder$/);
  });
  test('below a file', () => {
    writeFileSync(join(folder, 'state'), '');
    refused(path, /^the folder of the ledger \/.* cannot be made: there is a file of that name$/);
  });
  test('a link that leads to nothing, and nothing is made there', () => {
    mkdirSync(join(folder, 'state'));
    symlinkSync('elsewhere', path);
    refused(path, /^the ledger \/.*: it is a symbolic link that leads to nothing$/);
    assert.deepEqual(readdirSync(join(folder, 'state')), ['ledger.sqlite']);
  });
  test('a folder that nobody may write to', {
    skip: process.getuid?.() === 0 && 'root may write anywhere',
  }, () => {
    mkdirSync(join(folder, 'state'), { mode: 0o500 });
    refused(path, /: permission is denied$/);
  });
});

suite('a file that is not to be trusted is refused, and left as it is', () => {
  test('a later version’s', async () => {
    await fill();
    const database = new DatabaseSync(path);
    database.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
    database.close();
    refuses('ERR_COLLECT_LEDGER_NEWER', /later version/);
  });
  test('another program’s', () => {
    mkdirSync(join(folder, 'state'));
    const database = new DatabaseSync(path);
    database.exec('CREATE TABLE bookmark (url TEXT)');
    database.close();
    refuses('ERR_COLLECT_LEDGER_DAMAGED', /another program/);
  });
  test('no database', () => {
    mkdirSync(join(folder, 'state'));
    writeFileSync(path, 'Dear diary,\n'.repeat(1000));
    refuses('ERR_COLLECT_LEDGER_DAMAGED', /no ledger/);
  });
  test('an empty one', () => {
    mkdirSync(join(folder, 'state'));
    writeFileSync(path, '');
    refuses('ERR_COLLECT_LEDGER_DAMAGED', /empty/);
  });
  test('one that was cut short', async () => {
    await fill();
    truncateSync(path, 3 * 4096);
    refuses('ERR_COLLECT_LEDGER_DAMAGED', /damaged/);
  });
  for (const page of [1, 2, 3, 4, 5, 6]) {
    test(`one whose page ${page} was overwritten`, async () => {
      await fill();
      const octets = readFileSync(path);
      octets.fill(0xaa, (page - 1) * 4096 + (page === 1 ? 100 : 0), page * 4096);
      writeFileSync(path, octets);
      // Its words are one line.
      refuses('ERR_COLLECT_LEDGER_DAMAGED', /^.*(?:damaged|empty|another program).*$/);
    });
  }
  test('a folder', () => {
    mkdirSync(path, { recursive: true });
    assert.throws(() => new SqliteLedger(path), { code: 'ERR_COLLECT_LEDGER_ACCESS' });
    assert.deepEqual(readdirSync(path), []);
  });
  test('one below a file', () => {
    writeFileSync(join(folder, 'state'), '');
    assert.throws(() => new SqliteLedger(path), { code: 'ERR_COLLECT_LEDGER_ACCESS' });
    assert.ok(!existsSync(path));
  });
});

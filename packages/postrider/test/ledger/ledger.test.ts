import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { SqliteLedger } from '@postrider/collector';
import { postrider, type Ran } from '../support/run.ts';

let folder: string;
let ledgerFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-ledger-'));
  ledgerFile = join(folder, 'ledger.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: string[]): Promise<Ran> {
  return postrider([...words, '--ledger', ledgerFile], { XDG_CONFIG_HOME: folder });
}

function file(content: string): string {
  const path = join(folder, 'state');
  writeFileSync(path, content);
  return path;
}

async function uniqueIds(account: string): Promise<string[]> {
  const ledger = new SqliteLedger(ledgerFile);
  const found: string[] = [];
  for await (const { uniqueId, state } of ledger.entries(account)) found.push(`${state} ${uniqueId}`);
  await ledger.close();
  return found.sort();
}

suite('ledger import', () => {
  test('makes known what another program fetched; again, it changes nothing', async () => {
    const path = file('ann@pop.example.org 01\nann@pop.example.org 02\n');
    const first = await run('ledger', 'import', 'POP.example.org', 'ann', path);
    assert.equal(first.code, 0, first.stderr);
    assert.equal(
      first.stdout,
      `ann@pop.example.org: 2 messages in ${path} of fetchmail, 2 now count as delivered, 0 known already.\n`,
    );
    const second = await run('ledger', 'import', 'pop.example.org', 'ann', path, '--json');
    assert.deepEqual(JSON.parse(second.stdout), [
      {
        account: 'ann@pop.example.org',
        program: 'fetchmail',
        messages: 2,
        added: 0,
        known: 2,
        unfetched: 0,
        dryRun: false,
      },
    ]);
    assert.deepEqual(await uniqueIds('ann@pop.example.org'), ['delivered 01', 'delivered 02']);
  });

  test('a dry run tells, and makes nothing, not even a ledger', async () => {
    const path = file('ann@pop.example.org 01\n');
    const { code, stdout } = await run('ledger', 'import', path, '--dry-run');
    assert.equal(code, 0);
    assert.match(stdout, /1 message in .*, 1 would count as delivered, 0 known already/);
    assert.equal(existsSync(ledgerFile), false);
    await run('ledger', 'import', path);
    file('ann@pop.example.org 01\nann@pop.example.org 02\n');
    assert.match((await run('ledger', 'import', path, '-n')).stdout, /1 would count as delivered, 1 known/);
    assert.deepEqual(await uniqueIds('ann@pop.example.org'), ['delivered 01']);
  });

  test('without an account, every maildrop of the file', async () => {
    const path = file(' 1 A.example ann\n01\n 1 b.example bob@b.example\n02\n');
    assert.equal((await run('ledger', 'import', path)).code, 0);
    assert.deepEqual(await uniqueIds('ann@a.example'), ['delivered 01']);
    assert.deepEqual(await uniqueIds('bob@b.example@b.example'), ['delivered 02']);
  });

  test('with an account, its maildrop only; by --section, one that the file calls otherwise', async () => {
    mkdirSync(join(folder, 'postrider'));
    writeFileSync(
      join(folder, 'postrider', 'config.toml'),
      '[accounts.home]\nhost = "a.example"\nuser = "ann"\n[accounts.new]\nhost = "new.example"\nuser = "ann"\n',
      { mode: 0o600 },
    );
    const path = file('# POP3 State File\n*a.example ann\nk 01\nb 02\n*old.example ann\nk 03\n');
    const home = await run('ledger', 'import', 'home', path);
    assert.match(
      home.stdout,
      /^ann@a\.example: 1 message .* 1 more that it has not fetched whole\.\n$/,
      home.stderr,
    );
    const refused = await run('ledger', 'import', 'new', path);
    assert.equal(refused.code, 64);
    assert.match(refused.stderr, /has nothing about ann@new\.example\n.*ann@a\.example, ann@old\.example/);
    assert.equal((await run('ledger', 'import', 'new', path, '--section', 'ann@OLD.example')).code, 0);
    assert.deepEqual(await uniqueIds('ann@new.example'), ['delivered 03']);
  });

  test('a file that does not say whose it is needs an account', async () => {
    const path = file('01\x001795634331\n');
    const { code, stderr } = await run('ledger', 'import', path);
    assert.equal(code, 64);
    assert.match(stderr, /does not say which maildrop .*getmail/);
    assert.equal((await run('ledger', 'import', 'h', 'u', path)).code, 0);
    const shown = JSON.parse((await run('ledger', 'show', 'h', 'u', '--json')).stdout);
    assert.equal(shown[0].when, '2026-11-25T19:18:51.000Z');
    assert.deepEqual(shown[0].delivered, ['imported:getmail']);
  });

  test('an account is called by the owner of the maildrop, and by its port where that is not usual', async () => {
    mkdirSync(join(folder, 'postrider'));
    writeFileSync(
      join(folder, 'postrider', 'config.toml'),
      '[accounts.boss]\nhost = "H"\nuser = "u"\nact-as = "boss"\nport = 1110\n',
      { mode: 0o600 },
    );
    const path = file('01\x001795634331\n');
    for (const [words, account] of [
      [['H', 'u', '--port', '995'], 'u@h'],
      [['h', 'u', '--port', '110', '--act-as', 'boss'], 'boss@h'],
      [['h', 'u', '--port', '1110'], 'u@h:1110'],
      [['::1', 'u'], 'u@::1'],
      [['::1', 'u', '--port', '1110'], 'u@[::1]:1110'],
      [['boss'], 'boss@h:1110'],
      [['boss', '--port', '995', '--act-as', 'other'], 'other@h'],
    ] as const) {
      const imported = await run('ledger', 'import', ...words, path, '--json');
      assert.equal(JSON.parse(imported.stdout)[0].account, account, imported.stderr);
      assert.equal((await run('ledger', 'show', ...words)).code, 0);
      assert.ok((await run('ledger', 'retry', ...words)).stdout.includes(` of ${account} `));
    }
  });

  test('a wrong line: its number, exit code 74, and nothing imported', async () => {
    const path = file('ann@pop.example.org 01\nnonsense\n');
    const { code, stderr } = await run('ledger', 'import', path);
    assert.equal(code, 74);
    assert.match(stderr, /state:2: .*\nhint: Nothing was imported/);
    assert.equal(existsSync(ledgerFile), false);
  });

  test('what was decided already stays as it is', async () => {
    const ledger = new SqliteLedger(ledgerFile);
    const account = await ledger.openAccount('u@h');
    const at = 1;
    const message = (uniqueId: string) => ({ key: `u:${uniqueId}`, uniqueId, octets: 5 });
    await account.commit([
      { type: 'noted', message: message('noted'), at },
      { type: 'listed', message: message('listed'), at },
      { type: 'set-aside', message: message('aside'), reason: 'no', at },
    ]);
    await ledger.close();
    await run('ledger', 'import', file('u@h noted\nu@h listed\nu@h aside\nu@h new\n'));
    assert.deepEqual(await uniqueIds('u@h'), [
      'delivered listed',
      'delivered new',
      'noted noted',
      'set-aside aside',
    ]);
  });

  test('an account that is being collected is refused, with who does it', async () => {
    const ledger = new SqliteLedger(ledgerFile);
    await ledger.openAccount('u@h');
    const { code, stderr } = await run('ledger', 'import', file('u@h 1\n'));
    await ledger.close();
    assert.equal(code, 75);
    assert.match(stderr, new RegExp(`u@h is being collected by process ${process.pid}`));
  });
});

suite('ledger show', () => {
  async function fill(): Promise<void> {
    const ledger = new SqliteLedger(ledgerFile);
    const account = await ledger.openAccount('u@h');
    const message = (uniqueId: string) => ({ key: `u:${uniqueId}`, uniqueId, octets: 1234 });
    await account.commit([
      { type: 'listing', complete: true, at: 3_600_000 },
      {
        type: 'delivered',
        message: message('one'),
        destination: 'maildir:Mail',
        complete: true,
        receivedOctets: 1240,
        at: 60_000,
      },
      { type: 'listed', message: message('\x1b[31mred\u202e'), at: 30_000 },
      {
        type: 'set-aside',
        message: message('\x1b[31mred\u202e'),
        reason: 'server: \x1b]0;title\x07',
        at: 120_000,
      },
    ]);
    await ledger.close();
  }

  test('a table, in which nothing of the server acts on the terminal', async () => {
    await fill();
    const { code, stdout } = await run('ledger', 'show', 'h', 'u');
    assert.equal(code, 0);
    const [heading, first, second] = stdout.split('\n');
    assert.match(heading ?? '', /^Unique-id +State +Octets +When +Reason$/);
    assert.match(first ?? '', /^one +delivered +1240 +19(?:69|70)-\d\d-\d\d \d\d:\d\d$/);
    assert.match(second ?? '', /^\\x1b\[31mred\\u\{202e\} +set-aside +1234 .*server: \\x1b\]0;title\\x07$/);
    assert.doesNotMatch(stdout, /[\x1b\x07\u202e]/);
  });

  test('as JSON, with stable keys', async () => {
    await fill();
    const { stdout } = await run('ledger', 'show', 'h', 'u', '--json', '--state', 'delivered');
    assert.deepEqual(JSON.parse(stdout), [
      {
        uniqueId: 'one',
        state: 'delivered',
        octets: 1240,
        when: '1970-01-01T00:01:00.000Z',
        reason: null,
        failures: 0,
        delivered: ['maildir:Mail'],
        delivering: [],
        firstSeen: '1970-01-01T00:01:00.000Z',
        vanished: null,
      },
    ]);
    const all = (await run('ledger', 'show', 'h', 'u', '--json')).stdout;
    assert.doesNotMatch(all, /[\x1b\x07\u202e]/);
    assert.match(all, /"state": "set-aside",\s*"octets": 1234,\s*"when": "1970-01-01T00:02:00\.000Z"/);
  });

  test('without an account, the accounts', async () => {
    await fill();
    assert.match((await run('ledger', 'show')).stdout, /^Account +Messages +Last listed\nu@h +2 +19/);
    assert.deepEqual(JSON.parse((await run('ledger', 'show', '--json')).stdout), [
      { account: 'u@h', messages: 2, listed: '1970-01-01T01:00:00.000Z' },
    ]);
  });

  test('~/ of --ledger is the home folder', async () => {
    await fill();
    const env = { HOME: folder, XDG_CONFIG_HOME: folder };
    const { code, stderr } = await postrider(['ledger', 'show', '--ledger=~/ledger.sqlite'], env);
    assert.equal(code, 0, stderr);
  });

  test('no ledger, and an account that it does not have', async () => {
    const none = await run('ledger', 'show');
    assert.equal(none.code, 74);
    assert.match(none.stderr, /there is no ledger .*\nhint: The first postrider collect makes one/);
    await fill();
    const unknown = await run('ledger', 'show', 'h', 'x');
    assert.equal(unknown.code, 64);
    assert.match(unknown.stderr, /knows nothing of x@h\nhint: It has: u@h\./);
  });
});

suite('ledger retry', () => {
  test('forgives what was set aside: all, or by unique-id', async () => {
    const ledger = new SqliteLedger(ledgerFile);
    const account = await ledger.openAccount('u@h');
    const message = (uniqueId: string) => ({ key: `u:${uniqueId}`, uniqueId, octets: 5 });
    await account.commit(
      ['a', 'b', 'c'].map((id) => ({ type: 'set-aside', message: message(id), reason: 'no', at: 1 })),
    );
    await ledger.close();
    const wrong = await run('ledger', 'retry', 'h', 'u', 'a', 'zzz');
    assert.equal(wrong.code, 64);
    assert.match(
      wrong.stderr,
      /no message 'zzz' that failed\nhint: See: postrider ledger show h u --ledger .*ledger\.sqlite\n$/,
    );
    assert.match(
      (await run('ledger', 'retry', 'h', 'u', 'a')).stdout,
      /^1 message of u@h will be tried again/,
    );
    assert.deepEqual(await uniqueIds('u@h'), ['listed a', 'set-aside b', 'set-aside c']);
    assert.match((await run('ledger', 'retry', 'h', 'u')).stdout, /^2 messages/);
    assert.deepEqual(await uniqueIds('u@h'), ['listed a', 'listed b', 'listed c']);
  });
});

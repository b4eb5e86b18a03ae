import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { processName } from '../../src/destination/process.ts';
import { DestinationError, MaildirDestination } from '../../src/index.ts';
import { oddMessages, toLineFeeds } from '../support/content.ts';
import { deliver, deliveryMessage } from '../support/deliver.ts';
import { recordCalls } from '../support/observed-file-system.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-maildir-'));
  path = join(folder, 'deep', 'Mail');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const names = (of: string): string[] => readdirSync(join(path, of)).sort();
const id = 'a'.repeat(64);

async function open(): Promise<MaildirDestination> {
  const destination = new MaildirDestination({ path });
  await destination.open();
  return destination;
}

suite('a Maildir', () => {
  for (const [name, octets] of oddMessages) {
    test(`${name}: octet for octet, but for CRLF, which becomes LF (I9)`, async () => {
      assert.equal((await deliver(await open(), octets, { id })).status, 'delivered');
      const [file = ''] = names('new');
      assert.equal(readFileSync(join(path, 'new', file), 'latin1'), toLineFeeds(octets));
      assert.equal(file, `${id}.postrider,S=${toLineFeeds(octets).length}`);
    });
  }

  test('its folders and files are for their owner only', async () => {
    await deliver(await open(), 'x\r\n', { id });
    for (const name of ['', 'tmp', 'new', 'cur'])
      assert.equal(statSync(join(path, name)).mode & 0o777, 0o700);
    assert.equal(statSync(join(path, 'new', names('new')[0] ?? '')).mode & 0o777, 0o600);
  });

  test('nothing is visible before it is durable, and nothing is said before its name is (I3)', async () => {
    const { fileSystem, calls } = recordCalls();
    const destination = new MaildirDestination({ path, fileSystem });
    await destination.open();
    const delivery = destination.begin(deliveryMessage({ id }));
    await delivery.write(Buffer.from('x\r\n'));
    await delivery.end();
    assert.deepEqual(names('new'), []);
    calls.length = 0;
    await destination.commit([delivery]);
    const tmp = `${path}/tmp/${id}.${processName}.part`;
    const done = `${path}/new/${id}.postrider,S=2`;
    assert.deepEqual(calls, [
      `sync ${tmp}`,
      'close',
      `list ${path}/new`,
      `list ${path}/cur`,
      `link ${done}`,
      `remove ${tmp}`,
      `syncFolder ${path}/new`,
    ]);
  });

  test('its names are not read where nothing comes: there may be a hundred thousand', async () => {
    const { fileSystem, calls } = recordCalls();
    const destination = new MaildirDestination({ path, fileSystem });
    await destination.open();
    await destination.close();
    assert.deepEqual(
      calls.filter((call) => call.startsWith('list')),
      [`list ${path}/tmp`],
    );
  });

  test('many share one round of the folder', async () => {
    const { fileSystem, calls } = recordCalls();
    const destination = new MaildirDestination({ path, fileSystem });
    await destination.open();
    const deliveries = [1, 2, 3].map(() => destination.begin(deliveryMessage()));
    await destination.commit(deliveries);
    assert.equal(calls.filter((call) => call.startsWith('syncFolder')).length, 1);
  });

  test('an aborted delivery leaves no trace', async () => {
    const destination = await open();
    const delivery = destination.begin(deliveryMessage());
    await delivery.write(Buffer.from('x'.repeat(300_000)));
    await delivery.abort();
    assert.deepEqual([names('tmp'), names('new')], [[], []]);
  });
});

suite('a message that is there already', () => {
  for (const [where, moved] of [
    ['in new', (file: string) => join('new', file)],
    ['read, in cur', (file: string) => join('cur', `${file}:2,S`)],
  ] as const) {
    test(`${where}: is noticed, also with other octets, and its name is made durable`, async () => {
      await deliver(await open(), 'first\r\n', { id });
      const [file = ''] = names('new');
      renameSync(join(path, 'new', file), join(path, moved(file)));
      const { fileSystem, calls } = recordCalls();
      const destination = new MaildirDestination({ path, fileSystem });
      await destination.open();
      assert.equal(await destination.recover(deliveryMessage({ id })), 'delivered');
      assert.equal((await deliver(destination, 'and again\r\n', { id })).status, 'repeated');
      assert.equal(names('new').length + names('cur').length, 1);
      assert.equal(readFileSync(join(path, moved(file)), 'latin1'), 'first\n');
      assert.deepEqual(
        calls.filter((call) => call.startsWith('syncFolder')),
        [`syncFolder ${path}/new`, `syncFolder ${path}/cur`],
      );
      assert.deepEqual(names('tmp'), []);
    });
  }

  for (const moved of [false, true]) {
    test(`from the same run, ${moved ? 'read' : 'unread'} meanwhile: is noticed`, async () => {
      const destination = await open();
      await deliver(destination, 'x\r\n', { id });
      const [file = ''] = names('new');
      if (moved) renameSync(join(path, 'new', file), join(path, 'cur', `${file}:2,S`));
      assert.equal((await deliver(destination, 'x\r\n', { id })).status, 'repeated');
      assert.equal(names('new').length + names('cur').length, 1);
    });
  }

  test('from the same run, while the ledger was told of others only: is noticed', async () => {
    const destination = await open();
    await deliver(destination, 'x\r\n', { id });
    const [file = ''] = names('new');
    renameSync(join(path, 'new', file), join(path, 'cur', `${file}:2,S`));
    const other = destination.begin(deliveryMessage({ id: 'b'.repeat(64) }));
    other.end();
    await destination.commit([other]);
    destination.recorded([other]);
    assert.equal((await deliver(destination, 'x\r\n', { id })).status, 'repeated');
  });

  test('one that is not there is said to be absent', async () => {
    assert.equal(await (await open()).recover(deliveryMessage()), 'absent');
  });
});

suite('what else is in the folder', () => {
  test('other programs’ files stay as they are', async () => {
    await open();
    for (const name of ['tmp', 'new', 'cur']) writeFileSync(join(path, name, '1700000000.M1P2.host'), name);
    await deliver(await open(), 'x\r\n', { id });
    for (const name of ['tmp', 'new', 'cur'])
      assert.equal(readFileSync(join(path, name, '1700000000.M1P2.host'), 'utf8'), name);
  });

  test('unfinished files of dead processes are removed, of living ones not', async () => {
    await open();
    const [host = ''] = processName.split('-');
    const mine = `${id}.${processName}.part`;
    const dead = `${id}.${host}-4194304-1.part`;
    const reused = `${id}.${host}-${process.pid}-1.part`;
    const elsewhere = `${id}.0badcafe-1-1.part`;
    const longAgo = `${id}.0badcafe-1-2.part`;
    for (const name of [mine, dead, reused, elsewhere, longAgo]) writeFileSync(join(path, 'tmp', name), '');
    utimesSync(join(path, 'tmp', longAgo), 1, 1);
    await open();
    assert.deepEqual(names('tmp'), [elsewhere, mine].sort());
  });

  test('a link where a message is to be written is not followed', async () => {
    const destination = await open();
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, join(path, 'tmp', `${id}.${processName}.part`));
    assert.throws(() => destination.begin(deliveryMessage({ id })), DestinationError);
    assert.equal(readFileSync(victim, 'utf8'), 'precious');
  });

  test('a link where a message is to appear is not followed: the name is taken', async () => {
    const destination = await open();
    const victim = join(folder, 'victim');
    symlinkSync(victim, join(path, 'new', `${id}.postrider,S=2`));
    assert.equal((await deliver(destination, 'x\r\n', { id })).status, 'repeated');
    assert.ok(!existsSync(victim));
  });

  test('a file in its place: a clear error', async () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(path, '');
    await assert.rejects(open(), (error) => {
      assert.ok(error instanceof DestinationError);
      assert.match(error.message, /^maildir:.*cannot open/);
      return true;
    });
  });
});

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
import { readMaildir } from '../support/scene.ts';

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
    test(`${where}: is noticed, also with another body, and its name is made durable`, async () => {
      await deliver(await open(), 'Subject: x\r\n\r\nfirst\r\n', { id });
      const [file = ''] = names('new');
      renameSync(join(path, 'new', file), join(path, moved(file)));
      const { fileSystem, calls } = recordCalls();
      const destination = new MaildirDestination({ path, fileSystem });
      await destination.open();
      assert.equal(await destination.recover(deliveryMessage({ id })), 'delivered');
      const again = 'Subject: x\r\n\r\nand again\r\n';
      assert.equal((await deliver(destination, again, { id })).status, 'repeated');
      assert.equal(names('new').length + names('cur').length, 1);
      assert.equal(readFileSync(join(path, moved(file)), 'latin1'), 'Subject: x\n\nfirst\n');
      assert.deepEqual(
        calls.filter((call) => call.startsWith('syncFolder')),
        [`syncFolder ${path}/new`, `syncFolder ${path}/cur`],
      );
      assert.deepEqual(names('tmp'), []);
    });

    test(`${where}: another one of its id is kept beside it, and noticed when it comes again`, async () => {
      await deliver(await open(), 'Subject: old\r\n\r\nx\r\n', { id });
      const [file = ''] = names('new');
      renameSync(join(path, 'new', file), join(path, moved(file)));
      const fresh = 'Subject: new\r\n\r\nx\r\n';
      assert.equal((await deliver(await open(), fresh, { id })).status, 'delivered');
      const both = ['Subject: new\n\nx\n', 'Subject: old\n\nx\n'];
      assert.deepEqual(readMaildir(path), both);
      const destination = await open();
      assert.equal((await deliver(destination, fresh, { id })).status, 'repeated');
      for (const name of names('new')) renameSync(join(path, 'new', name), join(path, 'cur', `${name}:2,S`));
      assert.equal((await deliver(destination, fresh, { id })).status, 'repeated');
      assert.equal((await deliver(await open(), fresh, { id })).status, 'repeated');
      const third = 'Subject: third\r\n\r\nx\r\n';
      assert.equal((await deliver(await open(), third, { id })).status, 'delivered');
      assert.deepEqual(readMaildir(path), [...both, 'Subject: third\n\nx\n']);
      assert.deepEqual(names('tmp'), []);
    });
  }

  test('with the same Message-ID: is noticed, whatever else the server has changed', async () => {
    await deliver(await open(), 'Message-ID: <a@b>\r\nStatus: N\r\n\r\nx\r\n', { id });
    const again = 'Message-ID: <a@b>\r\nStatus: RO\r\n\r\nx\r\n';
    assert.equal((await deliver(await open(), again, { id })).status, 'repeated');
    assert.equal(names('new').length, 1);
  });

  test('moved by a reader since the names were read: the folder is read again, once for all', async () => {
    const ids = ['a', 'b', 'c'].map((digit) => digit.repeat(64));
    for (const one of ids) await deliver(await open(), 'Subject: x\r\n\r\n', { id: one });
    const { fileSystem, calls } = recordCalls();
    const destination = new MaildirDestination({ path, fileSystem });
    await destination.open();
    assert.equal(await destination.recover(deliveryMessage({ id })), 'delivered');
    for (const name of names('new')) renameSync(join(path, 'new', name), join(path, 'cur', `${name}:2,`));
    for (const one of ids)
      assert.equal((await deliver(destination, 'Subject: x\r\n\r\n', { id: one })).status, 'repeated');
    assert.deepEqual(
      calls.filter((call) => call.startsWith('list') && !call.endsWith('tmp')),
      [`list ${path}/new`, `list ${path}/cur`, `list ${path}/new`, `list ${path}/cur`],
    );
  });

  test('removed by a reader since the names were read: is delivered', async () => {
    await deliver(await open(), 'Subject: x\r\n\r\n', { id });
    const destination = await open();
    assert.equal(await destination.recover(deliveryMessage({ id })), 'delivered');
    rmSync(join(path, 'new', names('new')[0] ?? ''));
    assert.equal((await deliver(destination, 'Subject: x\r\n\r\n', { id })).status, 'delivered');
    assert.deepEqual(readMaildir(path), ['Subject: x\n\n']);
  });

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

  test('a link where a message is to appear is not followed: the message gets another name', async () => {
    const victim = join(folder, 'victim');
    const content = 'Subject: x\n\n';
    await open();
    symlinkSync(victim, join(path, 'new', `${id}.postrider,S=${content.length}`));
    // Also where it leads to the same message: what is behind a link is no delivery.
    writeFileSync(victim, content);
    const bring = async () => (await deliver(await open(), 'Subject: x\r\n\r\n', { id })).status;
    assert.equal(await bring(), 'delivered');
    assert.equal(readFileSync(victim, 'utf8'), content);
    rmSync(victim);
    assert.equal(await bring(), 'repeated');
    assert.ok(!existsSync(victim));
    assert.equal(names('new').length, 2);
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

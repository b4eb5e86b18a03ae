import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { processName } from '../../src/destination/process.ts';
import { EmlDestination } from '../../src/index.ts';
import { oddMessages } from '../support/content.ts';
import { deliver, deliveryMessage } from '../support/deliver.ts';
import { recordCalls } from '../support/observed-file-system.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-eml-'));
  path = join(folder, 'eml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const id = 'a'.repeat(64);
const file = (): string => join(path, `${id}.eml`);
const contents = (): string[] =>
  readdirSync(path)
    .map((name) => readFileSync(join(path, name), 'latin1'))
    .sort();
async function open(): Promise<EmlDestination> {
  const destination = new EmlDestination({ path });
  await destination.open();
  return destination;
}

suite('a folder of .eml files', () => {
  for (const [name, octets] of oddMessages) {
    test(`${name}: octet for octet (I9)`, async () => {
      assert.equal((await deliver(await open(), octets, { id })).status, 'delivered');
      assert.ok(readFileSync(file()).equals(octets));
      assert.deepEqual(readdirSync(path), [`${id}.eml`]);
    });
  }

  test('is for its owner only', async () => {
    await deliver(await open(), 'x', { id });
    assert.deepEqual([statSync(path).mode & 0o777, statSync(file()).mode & 0o777], [0o700, 0o600]);
  });

  test('nothing is visible before it is durable, and nothing is said before its name is (I3)', async () => {
    const { fileSystem, calls } = recordCalls();
    const destination = new EmlDestination({ path, fileSystem });
    await destination.open();
    calls.length = 0;
    await deliver(destination, 'x', { id });
    const part = `${path}/.${id}.${processName}.part`;
    assert.deepEqual(calls, [
      `create ${part}`,
      'write',
      `sync ${part}`,
      'close',
      `link ${file()}`,
      `remove ${part}`,
      `syncFolder ${path}`,
    ]);
  });

  test('a message that is there already is noticed, also with another body, and its name is made durable', async () => {
    await deliver(await open(), 'Subject: x\r\n\r\nfirst', { id });
    const { fileSystem, calls } = recordCalls();
    const destination = new EmlDestination({ path, fileSystem });
    await destination.open();
    assert.equal(await destination.recover(deliveryMessage({ id })), 'delivered');
    assert.equal((await deliver(destination, 'Subject: x\r\n\r\nagain', { id })).status, 'repeated');
    assert.equal(readFileSync(file(), 'latin1'), 'Subject: x\r\n\r\nfirst');
    assert.deepEqual(readdirSync(path), [`${id}.eml`]);
    assert.ok(calls.includes(`syncFolder ${path}`));
    assert.equal(await destination.recover(deliveryMessage()), 'absent');
  });

  test('another message of its id is kept beside it, and noticed when it comes again', async () => {
    const [old, fresh] = ['Subject: old\r\n\r\nx', 'Subject: new\r\n\r\nx'] as const;
    await deliver(await open(), old, { id });
    assert.equal((await deliver(await open(), fresh, { id })).status, 'delivered');
    assert.deepEqual(contents(), [fresh, old]);
    for (const one of [old, fresh])
      assert.equal((await deliver(await open(), one, { id })).status, 'repeated');
    assert.deepEqual(contents(), [fresh, old]);
  });

  test('one with the same Message-ID is noticed, whatever else the server has changed', async () => {
    await deliver(await open(), 'Message-ID: <a@b>\r\nStatus: N\r\n\r\nx', { id });
    const again = 'Message-ID: <a@b>\r\nStatus: RO\r\n\r\nx';
    assert.equal((await deliver(await open(), again, { id })).status, 'repeated');
    assert.deepEqual(readdirSync(path), [`${id}.eml`]);
  });

  test('what a crash left is removed; what is another’s stays', async () => {
    await open();
    const [host = ''] = processName.split('-');
    const dead = `.${id}.${host}-4194304-1.part`;
    const kept = [`.${id}.${processName}.part`, '.hidden', 'mine.eml', `${id}.txt`];
    for (const name of [dead, ...kept]) writeFileSync(join(path, name), name);
    await open();
    assert.deepEqual(readdirSync(path).sort(), kept.sort());
  });

  test('a link in the place of a file is not followed', async () => {
    const destination = await open();
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, file());
    // Also with the same octets: what is behind a link is no delivery.
    assert.equal((await deliver(destination, 'precious', { id })).status, 'delivered');
    assert.equal(readdirSync(path).length, 2);
    assert.ok(lstatSync(file()).isSymbolicLink());
    assert.equal(readFileSync(victim, 'utf8'), 'precious');
  });
});

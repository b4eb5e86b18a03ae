import assert from 'node:assert/strict';
import {
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

  test('a message that is there already is noticed, and its name is made durable', async () => {
    await deliver(await open(), 'first', { id });
    const { fileSystem, calls } = recordCalls();
    const destination = new EmlDestination({ path, fileSystem });
    await destination.open();
    assert.equal(await destination.recover(deliveryMessage({ id })), 'delivered');
    assert.equal((await deliver(destination, 'again', { id })).status, 'repeated');
    assert.equal(readFileSync(file(), 'latin1'), 'first');
    assert.ok(calls.includes(`syncFolder ${path}`));
    assert.equal(await destination.recover(deliveryMessage()), 'absent');
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
    assert.equal((await deliver(destination, 'x', { id })).status, 'repeated');
    assert.equal(readFileSync(victim, 'utf8'), 'precious');
  });
});

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { secret } from '@postrider/pop3';
import { addAccount } from '../../src/config/edit.ts';
import { makeFolders } from '../../src/folder/make-folders.ts';
import { openSecretFile } from '../../src/keyring/secret-file-store.ts';
import { exclusively } from '../../src/lock/exclusive.ts';
import { saveAttachments } from '../../src/message/save.ts';
import { startPostrider } from '../support/start.ts';

suite('folders', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-folder-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('are made with those above them, for their owner only', async () => {
    await makeFolders(join(folder, 'a', 'b'));
    await makeFolders(`${folder}/a/b/`);
    for (const name of ['a', 'a/b']) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o700);
  });

  test('cannot be made in the place of a file, or below one', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    await assert.rejects(makeFolders(file), { code: 'EEXIST' });
    await assert.rejects(makeFolders(join(file, 'in')), { code: 'ENOTDIR' });
  });

  const skip = !existsSync('/proc/self') && 'there is no /proc';
  const path = '/proc/no/such';
  for (const [what, make] of [
    ['a folder', () => makeFolders(path)],
    ['the folder of a lock', () => exclusively(path, async () => {})],
    ['that of a configuration', () => addAccount(path, 'a', { host: 'h', user: 'u' })],
    ['that of secrets', () => openSecretFile(path).set('a', secret('s'))],
    ['that of attachments', () => saveAttachments(path, [])],
  ] as const) {
    test(`${what} cannot be made where the system has none, and that is said at once`, { skip }, async () => {
      await assert.rejects(make);
    });
  }

  test('nor can that of a ledger', { skip }, async () => {
    // In a process that can be killed, as one that hangs here heeds no other signal.
    const words = ['collect', 'h', 'u', '--to', 'maildir:x', '--ledger', path];
    const started = startPostrider(words, { POSTRIDER_PASSWORD: 'p4ss' });
    const timer = setTimeout(() => started.child.kill('SIGKILL'), 10_000);
    const { code, stderr } = await started.ended;
    clearTimeout(timer);
    assert.equal(code, 74);
    assert.match(stderr, /^postrider: the folder of the ledger \/proc\/no\/such cannot be made: .*\nhint: /);
  });
});

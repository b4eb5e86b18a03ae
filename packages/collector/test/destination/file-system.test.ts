import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { nodeFileSystem } from '../../src/destination/file-system.ts';

suite('folders', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-folder-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('are made with those above them, for their owner only', () => {
    nodeFileSystem.makeFolder(join(folder, 'a', 'b', 'c'));
    for (const name of ['a', 'a/b', 'a/b/c']) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o700);
  });

  test('that are there stay as they are', () => {
    nodeFileSystem.makeFolder(folder);
    nodeFileSystem.makeFolder(`${folder}/`);
    nodeFileSystem.makeFolder('/');
    assert.ok(existsSync(folder));
  });

  test('cannot be made in the place of a file, or below one', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.throws(() => nodeFileSystem.makeFolder(file), { code: 'EEXIST' });
    assert.throws(() => nodeFileSystem.makeFolder(join(file, 'in')), { code: 'ENOTDIR' });
  });

  test('cannot be made where a symbolic link leads nowhere, and that is said', () => {
    symlinkSync(join(folder, 'away'), join(folder, 'link'));
    for (const path of ['link', 'link/in'])
      assert.throws(() => nodeFileSystem.makeFolder(join(folder, path)), { code: 'ENOENT' });
  });

  test('cannot be made where the system has none, and that is said at once', {
    skip: !existsSync('/proc/self') && 'there is no /proc',
  }, () => {
    assert.throws(() => nodeFileSystem.makeFolder('/proc/no/such'), { code: 'ENOENT' });
  });
});

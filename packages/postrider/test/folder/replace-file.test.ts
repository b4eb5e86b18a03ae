import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import { ProgramError } from '../../src/failure/index.ts';
import { replaceFile } from '../../src/folder/replace-file.ts';

suite('putting a file in the place of another', () => {
  let root: string;
  let folder: string;
  let path: string;
  before(() => {
    root = mkdtempSync(join(tmpdir(), 'pr-replace-'));
  });
  after(() => rmSync(root, { recursive: true, force: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'case-'));
    path = join(folder, 'secrets');
  });

  test('it is whole, for its owner only, and nothing is beside it', async () => {
    writeFileSync(path, 'old', { mode: 0o644 });
    await replaceFile(path, 'new');
    assert.equal(readFileSync(path, 'utf8'), 'new');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(folder), ['secrets']);
  });

  test('where it cannot take its place, nothing of it stays behind', async () => {
    mkdirSync(join(path, 'x'), { recursive: true });
    await assert.rejects(replaceFile(path, 'new'), { exitCode: 74, message: /secrets cannot be written: / });
    assert.deepEqual(readdirSync(folder), ['secrets']);
  });

  test('where somebody objects at last, the old one stays', async () => {
    writeFileSync(path, 'old');
    await assert.rejects(
      replaceFile(path, 'new', () => Promise.reject(new ProgramError('no', 75))),
      /^ProgramError: no$/,
    );
    assert.equal(readFileSync(path, 'utf8'), 'old');
    assert.deepEqual(readdirSync(folder), ['secrets']);
  });
});

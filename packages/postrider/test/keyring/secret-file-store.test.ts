import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { secret } from '@postrider/pop3';
import { openSecretFile } from '../../src/keyring/secret-file-store.ts';

suite('the file in place of a keyring', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-secrets-'));
    path = join(folder, 'state', 'secrets.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('keeps secrets by name, in a file and a folder that only the owner can read', async () => {
    const store = openSecretFile(path);
    assert.equal(await store.get('password/a'), undefined);
    await store.set('password/a', secret('one'));
    await store.set('password/b', secret('two'));
    await store.set('password/a', secret('three'));
    assert.equal((await store.get('password/a'))?.reveal(), 'three');
    assert.equal((await store.get('password/b'))?.reveal(), 'two');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'state')).mode & 0o777, 0o700);
    assert.equal(await store.remove('password/a'), true);
    assert.equal(await store.remove('password/a'), false);
    assert.equal(await store.get('password/a'), undefined);
  });

  test('makes nothing where there is nothing to remove', async () => {
    assert.equal(await openSecretFile(path).remove('password/a'), false);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('loses nothing where many write at once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `oauth/${index}`);
    await Promise.all(names.map((name) => openSecretFile(path).set(name, secret(name))));
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(path, 'utf8'))).sort(), names);
    assert.deepEqual(readdirSync(join(folder, 'state')).sort(), ['secrets.json', 'secrets.json.lock']);
  });

  test('is not read where others can read it', async () => {
    const store = openSecretFile(path);
    await store.set('password/a', secret('one'));
    chmodSync(path, 0o640);
    const refusal = { name: 'ProgramError', exitCode: 78, hint: `Run: chmod 600 ${path}` };
    await assert.rejects(store.get('password/a'), refusal);
    await assert.rejects(store.set('password/b', secret('two')), refusal);
  });

  test('is not started afresh where it is damaged, and nothing of it is shown', async () => {
    const store = openSecretFile(path);
    await store.set('password/a', secret('one'));
    writeFileSync(path, '{"password/a":"sesame');
    await assert.rejects(store.set('password/b', secret('two')), (error: Error) => {
      assert.match(error.message, /is damaged: it is no JSON object/);
      assert.doesNotMatch(error.message, /sesame/);
      return true;
    });
    assert.equal(readFileSync(path, 'utf8'), '{"password/a":"sesame');
  });
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { suite, test } from 'node:test';
import { isTemporaryFileSystem } from '../../src/index.ts';

suite('a file system that a restart empties', () => {
  const skip = existsSync('/dev/shm') ? false : 'there is no /dev/shm here';
  test('tmpfs is one', { skip }, () => assert.equal(isTemporaryFileSystem('/dev/shm'), true));
  test('what keeps the operating system is none', () => assert.equal(isTemporaryFileSystem('/usr'), false));
  test('of a path that is not there nothing is known', () =>
    assert.equal(isTemporaryFileSystem('/nonexistent/x'), false));
});

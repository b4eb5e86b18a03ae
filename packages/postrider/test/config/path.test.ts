import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { resolveFrom, resolvePaths } from '../../src/config/path.ts';

suite('paths in the configuration', () => {
  const home = '/home/ann';
  const rows: readonly (readonly [written: string, absolute: string])[] = [
    ['~/ca.pem', '/home/ann/ca.pem'],
    ['~', '/home/ann'],
    ['ca.pem', '/home/ann/ca.pem'],
    ['../ca.pem', '/home/ca.pem'],
    ['/etc/ca.pem', '/etc/ca.pem'],
    ['~bob/ca.pem', '/home/ann/~bob/ca.pem'],
  ];
  for (const [written, absolute] of rows) {
    test(written, () => {
      const account = {
        host: 'h',
        user: 'u',
        ca: written,
        cert: written,
        key: written,
        'password-file': written,
      };
      assert.deepEqual(resolvePaths(account, home), {
        host: 'h',
        user: 'u',
        ca: absolute,
        cert: absolute,
        key: absolute,
        'password-file': absolute,
      });
    });
  }

  test('what is typed is seen from the folder where it is typed', () => {
    assert.equal(resolveFrom('Mail', '/there', home), '/there/Mail');
    assert.equal(resolveFrom('~/Mail', '/work', home), '/home/ann/Mail');
    assert.equal(resolveFrom('/Mail', '/work', home), '/Mail');
  });
});

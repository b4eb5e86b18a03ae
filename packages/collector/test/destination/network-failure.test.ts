import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { explainNetworkFailure } from '../../src/destination/network-failure.ts';

suite('why there is no connection, in words', () => {
  for (const [name, error, what] of [
    ['a code of the system', { code: 'ECONNREFUSED' }, 'the connection was refused'],
    [
      'a code behind that of a library',
      { code: 'ESOCKET', originalCode: 'ENOTFOUND' },
      'the host cannot be found',
    ],
    ['a certificate', { code: 'CERT_HAS_EXPIRED' }, 'its certificate has expired'],
    ['a code that nobody knows', { code: 'EWHATEVER' }, 'as it says'],
    ['the name of a property that every object has', { code: 'constructor' }, 'as it says'],
  ] as const) {
    test(name, () => {
      const explained = explainNetworkFailure(Object.assign(new Error('as it says'), error));
      assert.equal(explained.what, what);
      assert.notEqual(explained.hint, '');
    });
  }

  test('a greeting of another kind of server is quoted once, and not without end', () => {
    const response = `* OK ${'x'.repeat(1000)}`;
    const error = Object.assign(new Error(`Invalid greeting. response=${response}: ${response}`), {
      response,
    });
    assert.equal(explainNetworkFailure(error).what, `it greeted with: ${response.slice(0, 120)}`);
  });

  test('what is no error', () => assert.equal(explainNetworkFailure('gone').what, 'gone'));
});

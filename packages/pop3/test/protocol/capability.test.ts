import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Capabilities } from '../../src/protocol/index.ts';

suite('capabilities', () => {
  test('tags in any case, spaces and tabs, blank lines, SASL in two lines', () => {
    const capabilities = new Capabilities(['top ', '', 'Sasl cram-md5', ' ', 'SASL  PLAIN\tLOGIN', 'UIDL']);
    assert.equal(capabilities.has('TOP'), true);
    assert.equal(capabilities.has('uidl'), true);
    assert.equal(capabilities.has('STLS'), false);
    assert.deepEqual(capabilities.mechanisms, ['CRAM-MD5', 'PLAIN', 'LOGIN']);
    assert.deepEqual([...capabilities], ['TOP', 'SASL cram-md5 PLAIN LOGIN', 'UIDL']);
    assert.equal(JSON.stringify(capabilities), '["TOP","SASL cram-md5 PLAIN LOGIN","UIDL"]');
  });

  test('SASL without any mechanism', () => {
    assert.deepEqual(new Capabilities(['SASL']).mechanisms, []);
    assert.equal(new Capabilities(['SASL']).has('SASL'), true);
  });

  test('names that are special to objects are plain names', () => {
    const capabilities = new Capabilities(['__proto__ x', 'constructor']);
    assert.deepEqual(capabilities.parameters('__PROTO__'), ['x']);
    assert.equal(capabilities.has('toString'), false);
  });

  const numbers: readonly (readonly [line: string, loginDelay: unknown, expire: unknown])[] = [
    ['LOGIN-DELAY 900', 900, undefined],
    ['LOGIN-DELAY 900 USER', 900, undefined],
    ['LOGIN-DELAY soon', undefined, undefined],
    ['LOGIN-DELAY -1', undefined, undefined],
    ['LOGIN-DELAY', undefined, undefined],
    ['EXPIRE NEVER', undefined, 'NEVER'],
    ['EXPIRE never', undefined, 'NEVER'],
    ['EXPIRE 31 USER', undefined, 31],
    ['EXPIRE 0', undefined, 0],
    ['EXPIRE 1e9', undefined, undefined],
  ];
  for (const [line, loginDelay, expire] of numbers) {
    test(line, () => {
      const capabilities = new Capabilities([line]);
      assert.equal(capabilities.loginDelay, loginDelay);
      assert.equal(capabilities.expire, expire);
    });
  }

  test('IMPLEMENTATION is the rest of its line', () => {
    assert.equal(
      new Capabilities(['IMPLEMENTATION Shlemazle-Plotz v302']).implementation,
      'Shlemazle-Plotz v302',
    );
    assert.equal(new Capabilities([]).implementation, undefined);
  });
});

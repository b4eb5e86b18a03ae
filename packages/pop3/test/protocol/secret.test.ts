import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { Secret, secret } from '../../src/protocol/index.ts';

suite('a secret', () => {
  const hidden = new Secret('hunter2');
  const ways: readonly (readonly [name: string, show: () => string])[] = [
    ['String()', () => String(hidden)],
    ['a template', () => `${hidden}`],
    ['a sum', () => `${'x'}${hidden}`],
    ['JSON', () => JSON.stringify({ hidden })],
    ['inspect', () => inspect({ hidden }, { showHidden: true, depth: 9 })],
    ['an error', () => new Error(`no: ${hidden}`).message],
    ['its keys', () => Object.keys(hidden).join()],
  ];
  for (const [name, show] of ways) {
    test(`does not show in ${name}`, () => assert.doesNotMatch(show(), /hunter2/));
  }

  test('is revealed on demand, and wrapped once only', () => {
    assert.equal(hidden.reveal(), 'hunter2');
    assert.equal(secret(hidden), hidden);
    assert.equal(secret('x').reveal(), 'x');
  });
});

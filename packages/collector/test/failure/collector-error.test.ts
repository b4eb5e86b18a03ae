import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CollectorError, isCollectorError } from '../../src/failure/index.ts';

class StoreError extends CollectorError {
  override readonly name = 'StoreError';
  readonly code = 'ERR_COLLECT_STORE';
  readonly transient = false;
}

test('an error carries its code, its hint and its cause', () => {
  const cause = new Error('disk');
  const error = new StoreError('the store failed', { hint: 'Look at the disk.', cause });
  assert.equal(error.message, 'the store failed');
  assert.equal(error.code, 'ERR_COLLECT_STORE');
  assert.equal(error.hint, 'Look at the disk.');
  assert.equal(error.cause, cause);
});

test('an error without a cause has no cause property', () => {
  assert.equal('cause' in new StoreError('x'), false);
});

test('errors of this package are recognised by their brand', () => {
  assert.equal(isCollectorError(new StoreError('x')), true);
  assert.equal(isCollectorError({ [Symbol.for('@postrider/collector.error')]: true }), true);
  for (const value of [new Error('x'), null, undefined, 'ERR_COLLECT_STORE', {}]) {
    assert.equal(isCollectorError(value), false);
  }
});

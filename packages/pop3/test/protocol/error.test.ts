import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isPop3Error, LimitError, LocalProtocolError } from '../../src/protocol/index.ts';

suite('isPop3Error', () => {
  test('knows the errors of this copy', () => {
    assert.equal(isPop3Error(new LocalProtocolError('x')), true);
    assert.equal(isPop3Error(new LimitError('x', { limit: 'y', maximum: 1 })), true);
  });

  test('knows those of another copy of the package', async () => {
    const copy: typeof import('../../src/protocol/error.ts') = await import(
      `${new URL('../../src/protocol/error.ts', import.meta.url)}?copy`
    );
    const error = new copy.LocalProtocolError('x');
    assert.equal(error instanceof LocalProtocolError, false);
    assert.equal(isPop3Error(error), true);
  });

  for (const value of [undefined, null, 'x', 1, {}, new Error('x'), { code: 'ERR_POP3_LIMIT' }]) {
    test(`${String(value)} is none`, () => assert.equal(isPop3Error(value), false));
  }
});

import assert from 'node:assert/strict';
import { isPop3Error, type Pop3Error } from '../../src/protocol/index.ts';

/** The error that a promise rejects with, which must be one of the package's own with this code. */
export async function rejection(promise: Promise<unknown>, code: string): Promise<Pop3Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    assert.ok(isPop3Error(error), `not an error of the package: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    return error;
  }
  assert.fail(`it resolved with ${String(value)} where ${code} was expected`);
}

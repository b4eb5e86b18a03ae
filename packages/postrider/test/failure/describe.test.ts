import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AuthenticationRejectedError, SaslError } from '@postrider/pop3';
import { describeFailure } from '../../src/failure/describe.ts';

suite('the exit code of a login that failed', () => {
  const refused = (code?: string, transient = false) =>
    new AuthenticationRejectedError({
      mechanism: 'PLAIN',
      text: 'no',
      responseCode: code === undefined ? undefined : { code, transient },
    });
  const sasl = (rule: string) => new SaslError('it broke', { mechanism: 'SCRAM-SHA-256', rule });
  const rows: readonly (readonly [name: string, error: Error, code: number])[] = [
    ['refused', refused(), 77],
    ['refused with [AUTH]', refused('AUTH'), 77],
    ['refused with [SYS/PERM]', refused('SYS/PERM'), 77],
    ['refused for the moment: [IN-USE]', refused('IN-USE', true), 75],
    ['refused for the moment: [LOGIN-DELAY]', refused('LOGIN-DELAY', true), 75],
    ['refused in the words of the mechanism: e=', sasl('server-error'), 77],
    ['a server that has not proved itself', sasl('server-signature-missing'), 76],
    ['a server that asks for too much', sasl('iterations-too-many'), 76],
  ];
  for (const [name, error, code] of rows) {
    test(`${name}: ${code}`, () => assert.equal(describeFailure(error).exitCode, code));
  }
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isPop3Error, LocalProtocolError, Pop3Client } from '../../src/client/index.ts';

/** As a program without types would call it, or one that takes options out of a configuration. */
function connectUntyped(options: object): Promise<Pop3Client> {
  return Reflect.apply(Pop3Client.connect, Pop3Client, [options]);
}

suite('options that make no sense are refused before anything is connected to', () => {
  const rows: readonly (readonly [options: object, message: RegExp])[] = [
    [{ security: 'ssl' }, /^security must be "tls", "starttls" or "none", not "ssl"$/],
    [{ security: 'STARTTLS' }, /not "STARTTLS"$/],
    [{ security: null }, /not "null"$/],
    [{ host: '' }, /no host name/],
    [{ port: 1.5 }, /no port/],
    [{ timeouts: { connect: Number.NaN } }, /^connect must be 0 or more, not NaN$/],
  ];
  for (const [options, message] of rows) {
    test(JSON.stringify(options), async () => {
      let connected = 0;
      const connect = async () => {
        connected++;
        throw new Error('connected to all the same');
      };
      await assert.rejects(connectUntyped({ host: 'pop.example', connect, ...options }), (error) => {
        assert.ok(isPop3Error(error) && error instanceof LocalProtocolError, String(error));
        assert.match(error.message, message);
        return true;
      });
      assert.equal(connected, 0);
    });
  }
});

import assert from 'node:assert/strict';
import { duplexPair } from 'node:stream';
import { suite, test } from 'node:test';
import { type ConnectOptions, isPop3Error, LocalProtocolError, Pop3Client } from '../../src/client/index.ts';
import { MemoryMaildrop, Pop3Server } from '../../src/server/index.ts';

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

suite('a deadline that is longer than any timer is still one', () => {
  for (const milliseconds of [2 ** 31, Number.POSITIVE_INFINITY]) {
    test(`${milliseconds} milliseconds`, async (context) => {
      const server = new Pop3Server({
        users: { ann: 'secret' },
        maildrop: () => new MemoryMaildrop(['Subject: hello\n\nworld\n']),
      });
      context.after(() => server.close());
      const { port } = await server.listen();
      const options: ConnectOptions = {
        host: '127.0.0.1',
        port,
        security: 'none',
        timeouts: { connect: milliseconds, greeting: milliseconds, command: milliseconds },
      };
      const direct = await Pop3Client.connect(options);
      await direct.quit();
      // Later than the one millisecond to which Node sets a timer that it cannot hold.
      const { promise, resolve } = Promise.withResolvers<void>();
      setTimeout(resolve, 20);
      const [mine, peer] = duplexPair();
      peer.write('+OK\r\n');
      const proxied = await Pop3Client.connect({
        ...options,
        capabilities: false,
        connect: async () => {
          await promise;
          return mine;
        },
      });
      proxied.destroy();
      peer.destroy();
    });
  }
});

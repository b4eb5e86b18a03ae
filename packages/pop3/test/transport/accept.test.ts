import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { suite, test } from 'node:test';
import { acceptTransport, type ServerTlsOptions } from '../../src/transport/index.ts';
import { makeSelfSigned } from '../support/authority.ts';

const { cert, key } = await makeSelfSigned();

/** How the handshake ends, of a server that would wait for it for ten minutes, with a client that does this. */
async function handshake(options: Partial<ServerTlsOptions>, octets: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    acceptTransport(socket)
      .secure({ cert, key, ...options }, { milliseconds: 600_000 })
      .then(
        () => resolve('done'),
        (error: { readonly code: string }) => resolve(error.code),
      );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => {}).end(octets, 'latin1');
  try {
    return await promise;
  } finally {
    client.destroy();
    server.close();
  }
}

suite('a client that ends its side before the handshake is over is not waited for', () => {
  const rows: readonly (readonly [name: string, octets: string])[] = [
    ['at once', ''],
    ['in the middle of its first record', '\x16\x03\x01\x02\x00\x01'],
  ];
  for (const [name, octets] of rows) {
    test(name, async () => {
      assert.equal(await handshake({}, octets), 'ERR_POP3_TRANSPORT');
    });

    test(`${name}, where its certificate is asked for`, async () => {
      assert.equal(await handshake({ requestCert: true }, octets), 'ERR_POP3_TRANSPORT');
    });
  }
});

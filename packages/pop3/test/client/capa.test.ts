import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { isPop3Error, Pop3Client } from '../../src/client/index.ts';
import { type Script, type ScriptedServer, startScriptedServer } from '../../src/testing/index.ts';

const capabilities = '+OK\r\nUSER\r\nPIPELINING\r\n.\r\n';

/** A server that answers a login by USER and PASS; the rest is up to `then`. */
async function serve(context: TestContext, then: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(async (peer, count) => {
    await peer.send('+OK ready\r\n');
    for (const [command, answer] of [
      ['CAPA', capabilities],
      ['USER ann', '+OK\r\n'],
      ['PASS secret', '+OK\r\n'],
      ['CAPA', ''],
    ] as const) {
      await peer.expect(command);
      await peer.send(answer);
    }
    await then(peer, count);
  });
  context.after(() => server.close());
  return server;
}

async function logIn(port: number): Promise<Pop3Client> {
  const client = await Pop3Client.connect({ host: '127.0.0.1', port, security: 'none' });
  await client.authenticate({ user: 'ann', password: 'secret', allowCleartextPassword: true });
  return client;
}

suite('CAPA after a login', () => {
  test('nothing waits for it: the next command travels along, and its result comes with what holds now', async (context) => {
    const server = await serve(context, async (peer) => {
      await peer.expect('STAT');
      await peer.send('+OK\r\nPIPELINING\r\nLOGIN-DELAY 60\r\n.\r\n+OK 2 320\r\n');
      await peer.stall();
    });
    const client = await logIn(server.port);
    assert.equal(client.capabilities?.loginDelay, undefined);
    assert.deepEqual(await client.stat(), { messages: 2, octets: 320 });
    assert.equal(client.capabilities?.loginDelay, 60);
    client.destroy();
    assert.deepEqual(server.failures, []);
  });

  test('what it breaks is the next call’s error, and nobody else’s', async (context) => {
    const server = await serve(context, (peer) => peer.send('nonsense\r\n'));
    const client = await logIn(server.port);
    await assert.rejects(
      client.stat(),
      (error) => isPop3Error(error) && error.code === 'ERR_POP3_REMOTE_PROTOCOL',
    );
  });

  test('what is in flight behind it still counts: the server’s receive buffer is not overfilled', async (context) => {
    const server = await serve(context, async (peer) => {
      await peer.expect('STAT');
      for (let count = 0; count < 1000; count++) await peer.expect('NOOP');
      await peer.send(`${capabilities}+OK 2 320\r\n`);
      await peer.stall();
    });
    const client = await logIn(server.port);
    const stat = client.stat();
    const settled = Promise.allSettled(Array.from({ length: 4000 }, () => client.noop()));
    await stat;
    await new Promise((resolve) => setImmediate(resolve));
    client.destroy();
    await Promise.all([settled, server.ended]);
    assert.deepEqual(server.failures, []);
    assert.equal(server.received.split('NOOP').length - 1, 1022);
  });
});

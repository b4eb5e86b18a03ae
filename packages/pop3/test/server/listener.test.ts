// Servers on real sockets.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { LocalProtocolError } from '../../src/protocol/index.ts';
import { MemoryMaildrop, Pop3Server } from '../../src/server/index.ts';
import { acceptTransport } from '../../src/transport/index.ts';
import { makeAuthority } from '../support/authority.ts';
import { makeServer, RawClient } from './raw-client.ts';

const authority = await makeAuthority();
const tls = await authority.issue();
const host = '127.0.0.1';

function make() {
  const maildrop = new MemoryMaildrop(['Subject: one\n\nfirst\n']);
  return { maildrop, server: makeServer({ maildrop: () => maildrop, tls, allowCleartextPassword: false }) };
}

async function dial(port: number) {
  const socket = connect(port, host);
  await once(socket, 'connect');
  return { socket, client: new RawClient(acceptTransport(socket)) };
}

async function secured(socket: TLSSocket): Promise<RawClient> {
  await once(socket, 'secureConnect');
  return new RawClient(acceptTransport(socket));
}

suite('a port with TLS', () => {
  test('takes readable passwords, and offers no STLS', async () => {
    const { server } = make();
    const { port } = await server.listen({ security: 'tls' });
    const client = await secured(connectTls({ port, host, ca: authority.cert }));
    await client.line();
    const capabilities = (await client.askLines('CAPA')).split('\r\n');
    assert.ok(capabilities.includes('USER'));
    assert.ok(!capabilities.includes('STLS'));
    assert.equal(await client.login(), '+OK 1 messages');
    await client.close();
  });
  test('a client that speaks without TLS gets not a word', async () => {
    const { server } = make();
    const { port } = await server.listen({ security: 'tls' });
    const { client } = await dial(port);
    await client.send('USER alice\r\nPASS secret\r\n');
    // Whatever comes is an alert of TLS, no answer.
    assert.doesNotMatch(await client.rest(), /OK|ERR/);
  });
});

suite('a TLS connection that goes wrong behind its handshake', () => {
  test('octets that are no TLS end the session', async () => {
    const { server } = make();
    const { port } = await server.listen({ security: 'tls' });
    const socket = connect(port, host).on('error', () => {});
    const client = await secured(connectTls({ socket, host, ca: authority.cert }));
    await client.line();
    const closed = once(socket, 'close');
    socket.write('no record of TLS at all');
    await closed;
    await server.close();
  });
});

suite('STLS', () => {
  test('the session begins anew behind it', async () => {
    const { server } = make();
    const { port } = await server.listen();
    const { socket, client } = await dial(port);
    const timestamp = await client.line();
    assert.match(timestamp, /<.*>/);
    assert.ok((await client.askLines('CAPA')).split('\r\n').includes('STLS'));
    assert.match(await client.ask('USER alice'), /use STLS first/);
    assert.equal(await client.ask('STLS'), '+OK begin the TLS handshake');
    socket.removeAllListeners();
    const inside = await secured(connectTls({ socket, host, servername: 'localhost', ca: authority.cert }));
    const capabilities = (await inside.askLines('CAPA')).split('\r\n');
    assert.ok(!capabilities.includes('STLS') && capabilities.includes('USER'));
    assert.equal(await inside.ask('STLS'), '-ERR TLS is established already');
    assert.equal(await inside.login(), '+OK 1 messages');
    await inside.close();
  });

  for (const together of [true, false]) {
    test(`octets behind it end the session${together ? '' : ', also where they come later'}`, async () => {
      const { server, maildrop } = make();
      const { port } = await server.listen();
      const { client } = await dial(port);
      await client.line();
      const behind = 'USER alice\r\nPASS secret\r\nDELE 1\r\nQUIT\r\n';
      if (together) {
        await client.send(`STLS\r\n${behind}`);
      } else {
        await client.ask('STLS');
        await client.send(behind);
      }
      assert.doesNotMatch((await client.rest()).replace('+OK begin the TLS handshake', ''), /OK/);
      assert.equal(maildrop.messages.length, 1);
    });
  }
});

suite('a server', () => {
  test('listens on several ports, closes all of them, and may begin again', async () => {
    const { server } = make();
    const listeners = [await server.listen(), await server.listen({ security: 'none' })];
    assert.deepEqual(
      listeners.map(({ security }) => security),
      ['starttls', 'none'],
    );
    const { client } = await dial(listeners[1]?.port ?? 0);
    await client.line();
    assert.equal(server.sessions, 1);
    await server.close();
    assert.equal(server.sessions, 0);
    await client.rest();
    await assert.rejects(dial(listeners[0]?.port ?? 0), { code: 'ECONNREFUSED' });
    const again = await server.listen();
    const next = await dial(again.port);
    assert.match(await next.client.line(), /^\+OK /);
    next.socket.destroy();
  });
  test('closed while it is about to listen, it does not', async () => {
    const { server } = make();
    const listening = server.listen();
    await server.close();
    await assert.rejects(dial((await listening).port), { code: 'ECONNREFUSED' });
  });
  test('a port that is taken', async () => {
    const { server } = make();
    const { port } = await server.listen();
    await assert.rejects(server.listen({ port }), { code: 'EADDRINUSE' });
  });
  test('TLS without a certificate is refused at once', async () => {
    const server = new Pop3Server({ users: {}, maildrop: () => new MemoryMaildrop([]) });
    await assert.rejects(server.listen({ security: 'tls' }), LocalProtocolError);
    assert.throws(
      () =>
        new Pop3Server({ users: {}, maildrop: () => new MemoryMaildrop([]), tls: { cert: 'x', key: 'y' } }),
      LocalProtocolError,
    );
  });
  test('a client may send all, close its side, and read the answers afterwards', async () => {
    const maildrop = new MemoryMaildrop(['x\n']);
    const server = makeServer({ maildrop: () => maildrop });
    const { port } = await server.listen({ security: 'none' });
    const { socket, client } = await dial(port);
    socket.end('USER alice\r\nPASS secret\r\nSTAT\r\nDELE 1\r\nQUIT\r\n');
    assert.match(
      await client.rest(),
      /^\+OK [^\r]*\r\n\+OK send the password\r\n\+OK 1 messages\r\n\+OK 1 3\r\n.*\+OK 1 messages removed, goodbye\r\n$/s,
    );
    assert.equal(maildrop.messages.length, 0);
  });
});

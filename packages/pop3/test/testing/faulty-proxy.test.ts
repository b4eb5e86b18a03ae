import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { Pop3Client } from '../../src/client/index.ts';
import { MemoryMaildrop, Pop3Server } from '../../src/server/index.ts';
import {
  type FaultyProxy,
  type ProxyFaults,
  startFaultyProxy,
  startScriptedServer,
} from '../../src/testing/index.ts';
import { rejection } from '../support/error.ts';

const message = `Subject: x\r\n\r\n${'.a line\r\n'.repeat(500)}`;

suite('a proxy', () => {
  let server: Pop3Server;
  let port: number;
  before(async () => {
    server = new Pop3Server({
      users: { a: 'b' },
      maildrop: () => new MemoryMaildrop([message]),
      apop: false,
    });
    ({ port } = await server.listen());
  });
  after(() => server.close());

  async function through(
    faults: ProxyFaults | ((count: number) => ProxyFaults),
    run: (login: () => Promise<Pop3Client>, proxy: FaultyProxy) => Promise<void>,
  ): Promise<void> {
    const proxy = await startFaultyProxy({ port }, faults);
    try {
      await run(async () => {
        const { host } = proxy;
        const timeouts = { idle: 400 };
        const client = await Pop3Client.connect({ host, port: proxy.port, security: 'none', timeouts });
        await client.authenticate({ user: 'a', password: 'b' });
        return client;
      }, proxy);
    } finally {
      await proxy.close();
    }
  }

  const harmless: readonly (readonly [name: string, faults: ProxyFaults])[] = [
    ['without faults', {}],
    ['octet by octet', { split: 1 }],
    ['in segments of no octets, which are none', { split: 0 }],
    ['with a way of its own', { roundTrip: 20 }],
    ['that cuts behind the end', { cutAfter: 1_000_000 }],
  ];
  for (const [name, faults] of harmless) {
    test(`${name} changes nothing`, () =>
      through(faults, async (login, proxy) => {
        const client = await login();
        assert.equal(Buffer.from(await client.retrieve(1).bytes()).toString(), message);
        await client.quit();
        assert.equal(proxy.connections, 1);
        assert.ok(proxy.octets > message.length);
        assert.match(proxy.received, /^CAPA\r\n.*RETR 1\r\nQUIT\r\n$/s);
      }));
  }

  /** How many octets a whole session has, up to the middle of its message. */
  async function middle(): Promise<number> {
    let octets = 0;
    await through({}, async (login, proxy) => {
      const client = await login();
      await client.retrieve(1).bytes();
      octets = proxy.octets - message.length / 2;
      client.destroy();
    });
    return Math.floor(octets);
  }

  test('cuts and stalls in the middle of a message', async () => {
    const place = await middle();
    for (const [faults, code] of [
      [{ cutAfter: place }, 'ERR_POP3_CONNECTION_CLOSED'],
      [{ stallAfter: place }, 'ERR_POP3_TIMEOUT'],
    ] as const) {
      await through(faults, async (login, proxy) => {
        const client = await login();
        await rejection(client.retrieve(1).bytes(), code);
        assert.equal(proxy.octets, place);
      });
    }
  });

  test('injects and damages what it is told to', () =>
    through(
      { change: (octets, offset) => (offset === 0 ? Buffer.from('-ERR go away\r\n') : octets) },
      async (login) => {
        await rejection(login(), 'ERR_POP3_COMMAND_REJECTED');
      },
    ));

  test('can have other faults for each connection', () =>
    through(
      (count) => (count === 1 ? { cutAfter: 0 } : {}),
      async (login, proxy) => {
        await assert.rejects(login());
        await (await login()).quit();
        assert.equal(proxy.connections, 2);
      },
    ));

  test('lets a client that closed its side first read all that comes', async () => {
    const octets = 16_000_000;
    const long = await startScriptedServer(async (peer) => {
      await peer.line();
      await peer.send(Buffer.alloc(octets, 'x'));
    });
    const client = new Socket({ allowHalfOpen: true });
    // While it is on its way, nobody waits for the client to read it; so the server has gone when the client begins. Where it comes too
    // slowly for that, the proxy waits for the client, which then begins as well.
    let begin: NodeJS.Timeout | undefined;
    const change = (sent: Uint8Array): Uint8Array => {
      clearTimeout(begin);
      begin = setTimeout(() => client.resume(), 50);
      return sent;
    };
    const proxy = await startFaultyProxy(long, { roundTrip: 100, change });
    try {
      let received = 0;
      client.pause().on('data', ({ length }) => {
        received += length;
      });
      client.connect(proxy.port).end('go\r\n');
      await once(client, 'close');
      assert.equal(received, octets);
    } finally {
      await proxy.close();
      await long.close();
    }
  });

  test('takes the server away with it when it closes', () =>
    through({}, async (login, proxy) => {
      const client = await login();
      await proxy.close();
      await assert.rejects(client.noop(), { fatal: true });
    }));
});

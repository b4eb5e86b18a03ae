import assert from 'node:assert/strict';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import type { RequestListener } from 'node:http';
import { Agent, createServer } from 'node:https';
import { after, before, suite, test } from 'node:test';
import tls from 'node:tls';
import { makeAuthority, type TestAuthority } from '../../../pop3/test/support/authority.ts';
import { discoveryNetwork } from '../../src/discovery/network.ts';
import { listen } from '../support/listen.ts';

/** A name as DNS writes it (RFC 1035 section 3.1). */
function encodeName(name: string): Buffer {
  const labels = name.split('.').filter((label) => label !== '');
  return Buffer.concat([
    ...labels.map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

/** An answer to a query: its question again, and SRV records (RFC 2782). */
function answerTo(query: Buffer, code: number, records: readonly { port: number; name: string }[]): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const end = query.indexOf(0, 12) + 5;
  const answers = records.map(({ port, name }) => {
    const target = encodeName(name);
    const fixed = Buffer.alloc(18);
    // A pointer to the question's name, type SRV, class IN, time to live 60.
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(33, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt32BE(60, 6);
    fixed.writeUInt16BE(6 + target.length, 10);
    fixed.writeUInt16BE(port, 16);
    return Buffer.concat([fixed, target]);
  });
  return Buffer.concat([header, query.subarray(12, end), ...answers]);
}

async function dnsServer(
  answer: (query: Buffer) => Buffer | undefined,
): Promise<{ server: UdpSocket; at: string }> {
  const server = createSocket('udp4');
  server.on('message', (query, { port, address }) => {
    const octets = answer(query);
    if (octets !== undefined) server.send(octets, port, address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  return { server, at: `127.0.0.1:${server.address().port}` };
}

suite('DNS', () => {
  const name = '_pop3s._tcp.example.org';

  test('SRV records come as they are', async () => {
    const { server, at } = await dnsServer((query) =>
      answerTo(query, 0, [{ port: 1995, name: 'pop.example.org' }]),
    );
    try {
      const [record] = await discoveryNetwork({ dnsServers: [at] }).resolveSrv(name);
      assert.equal(record?.name, 'pop.example.org');
      assert.equal(record.port, 1995);
    } finally {
      server.close();
    }
  });

  test('a name that does not exist, and one without records: nothing', async () => {
    for (const code of [3, 0]) {
      const { server, at } = await dnsServer((query) => answerTo(query, code, []));
      try {
        assert.deepEqual(await discoveryNetwork({ dnsServers: [at] }).resolveSrv(name), []);
      } finally {
        server.close();
      }
    }
  });

  test('a server that fails, and one that is silent: the reason, and an end', async () => {
    for (const [answer, reason] of [
      [(query: Buffer) => answerTo(query, 2, []), /ESERVFAIL/],
      [() => undefined, /ETIMEOUT/],
    ] as const) {
      const { server, at } = await dnsServer(answer);
      try {
        const network = discoveryNetwork({ dnsServers: [at], milliseconds: 300 });
        await assert.rejects(network.resolveSrv(name), reason);
      } finally {
        server.close();
      }
    }
  });
});

suite('documents', () => {
  let authority: TestAuthority;
  before(async () => {
    authority = await makeAuthority();
  });
  const closing: (() => Promise<void>)[] = [];
  after(async () => {
    for (const close of closing) await close();
  });

  /** Fetches from autoconfig.example.org, which is a server on this machine. */
  async function fetchFrom(
    listener: RequestListener,
    names = ['autoconfig.example.org'],
  ): Promise<string | undefined> {
    const server = createServer(await authority.issue({ names }), listener);
    const listening = await listen(server);
    closing.push(() => listening.close());
    const { port } = listening;
    const agent = new Agent({ ca: authority.cert });
    agent.createConnection = (options) => {
      const host = 'host' in options ? String(options.host) : '';
      return tls.connect({ host: '127.0.0.1', port, ca: authority.cert, servername: host });
    };
    return discoveryNetwork({ agent, milliseconds: 1000 }).fetchText(
      'https://autoconfig.example.org/mail/config-v1.1.xml?emailaddress=a%40example.org',
    );
  }

  test('come over https, with their query', async () => {
    const text = await fetchFrom((request, response) =>
      response.end(`${request.headers.host} ${request.url}`),
    );
    assert.equal(text, 'autoconfig.example.org /mail/config-v1.1.xml?emailaddress=a%40example.org');
  });

  test('not found, forbidden, or elsewhere: nothing; redirects are not followed', async () => {
    for (const status of [404, 403, 500, 302]) {
      const text = await fetchFrom((_, response) =>
        response.writeHead(status, { location: 'https://evil.test/' }).end('x'),
      );
      assert.equal(text, undefined);
    }
  });

  test('with a certificate for another name: refused', async () => {
    await assert.rejects(
      fetchFrom((_, response) => response.end('x'), ['www.example.org']),
      /ERR_TLS_CERT_ALTNAME_INVALID/,
    );
  });

  test('endless: bounded', async () => {
    const piece = 'x'.repeat(65_536);
    await assert.rejects(
      fetchFrom((_, response) => {
        const more = (): void => {
          while (!response.destroyed && response.write(piece));
        };
        response.on('drain', more);
        more();
      }),
      /far too long/,
    );
  });

  test('that never come: a deadline', async () => {
    await assert.rejects(
      fetchFrom(() => {}),
      /does not answer/,
    );
  });
});

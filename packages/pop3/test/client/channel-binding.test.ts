import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { after, before, suite, test } from 'node:test';
import tls, { TLSSocket } from 'node:tls';
import { AuthenticationRejectedError, Pop3Client } from '../../src/client/index.ts';
import { MemoryMaildrop, Pop3Server, type Pop3ServerOptions } from '../../src/server/index.ts';
import { makeAuthority, type TestAuthority, type TestCertificate } from '../support/authority.ts';

const password = 'Sesame-opens-9';
const hashes = ['SHA-1', 'SHA-256', 'SHA-512'];

let authority: TestAuthority;
let own: TestCertificate;
let forged: TestCertificate;

before(async () => {
  authority = await makeAuthority();
  own = await authority.issue();
  // What an authority that was fooled might hand out: the client has no reason to doubt it.
  forged = await authority.issue();
});

/** A server; `run` gets the port that it listens on. */
async function serving(
  security: 'tls' | 'starttls',
  run: (port: number) => Promise<void>,
  more: Partial<Pop3ServerOptions> = {},
): Promise<void> {
  const maildrop = new MemoryMaildrop([]);
  const users = { ann: password };
  const server = new Pop3Server({ users, maildrop: () => maildrop, tls: own, failureDelay: 0, ...more });
  try {
    await run((await server.listen({ security })).port);
  } finally {
    await server.close();
  }
}

async function connect(port: number, security: 'tls' | 'starttls' = 'tls'): Promise<Pop3Client> {
  const { cert: ca } = authority;
  return Pop3Client.connect({ host: 'localhost', port, security, tls: { ca } });
}

/** Somebody in between, with a certificate that is valid: ends the client's TLS, and begins its own with the server. */
async function inBetween(
  certificate: TestCertificate,
  serverPort: number,
  change: (octets: string) => string = (octets) => octets,
): Promise<{ readonly port: number; readonly seen: () => string; readonly close: () => void }> {
  let seen = '';
  const server: Server = createServer((raw) => {
    const client = new TLSSocket(raw, { isServer: true, ...certificate });
    const upstream = tls.connect({ host: 'localhost', port: serverPort, ca: authority.cert });
    client.on('data', (data: Buffer) => {
      seen += data.toString('latin1');
      upstream.write(data);
    });
    upstream.on('data', (data: Buffer) => client.write(change(data.toString('latin1')), 'latin1'));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, seen: () => seen, close: () => server.close() };
}

/** The refusal of a login through somebody in between, and what he saw. */
async function intercepted(
  certificate: TestCertificate,
  serverPort: number,
  change?: (octets: string) => string,
): Promise<{ readonly error: AuthenticationRejectedError; readonly seen: string }> {
  const middle = await inBetween(certificate, serverPort, change);
  try {
    const client = await connect(middle.port);
    const error: unknown = await client.authenticate({ user: 'ann', password }).catch((reason) => reason);
    client.destroy();
    assert.ok(error instanceof AuthenticationRejectedError, String(error));
    return { error, seen: middle.seen() };
  } finally {
    middle.close();
  }
}

for (const [version, type] of [
  ['TLSv1.3', 'tls-exporter'],
  ['TLSv1.2', 'tls-server-end-point'],
] as const) {
  suite(`${version}: ${type}`, () => {
    const { DEFAULT_MAX_VERSION } = tls;
    before(() => {
      tls.DEFAULT_MAX_VERSION = version;
    });
    after(() => {
      tls.DEFAULT_MAX_VERSION = DEFAULT_MAX_VERSION;
    });

    for (const security of ['tls', 'starttls'] as const) {
      for (const hash of hashes) {
        test(`${security}: SCRAM-${hash}-PLUS, with the right password and with a wrong one`, async () => {
          await serving(security, async (port) => {
            const mechanisms = [`SCRAM-${hash}-PLUS`];
            const client = await connect(port, security);
            assert.equal(client.tls?.version, version);
            assert.equal(client.tls?.channelBinding?.type, type);
            const wrong = client.authenticate({ user: 'ann', password: 'wrong', mechanisms });
            await assert.rejects(wrong, { code: 'ERR_POP3_AUTHENTICATION_REJECTED' });
            const { mechanism } = await client.authenticate({ user: 'ann', password, mechanisms });
            assert.equal(mechanism, mechanisms[0]);
            await client.quit();
          });
        });
      }
    }

    test('it is what is chosen where nothing is named', async () => {
      await serving('tls', async (port) => {
        const client = await connect(port);
        const { mechanism } = await client.authenticate({ user: 'ann', password });
        assert.equal(mechanism, 'SCRAM-SHA-512-PLUS');
        await client.quit();
      });
    });

    test('somebody in between with another valid certificate cannot pass the login on', async () => {
      await serving('tls', async (port) => {
        const { error, seen } = await intercepted(forged, port);
        assert.equal(error.mechanism, 'SCRAM-SHA-512-PLUS');
        assert.equal(seen.match(/^AUTH/gm)?.length, 1, 'no weaker way is tried');
        assert.ok(!seen.includes(Buffer.from(password).toString('base64').slice(0, 12)));
      });
    });

    test('hiding -PLUS from the client is found out by the server', async () => {
      await serving('tls', async (port) => {
        const { error, seen } = await intercepted(forged, port, (octets) =>
          octets.replace(/ SCRAM-SHA-\d+-PLUS/g, ''),
        );
        assert.equal(error.mechanism, 'SCRAM-SHA-512');
        assert.match(error.text, /hidden from you/);
        assert.equal(seen.match(/^AUTH/gm)?.length, 1);
      });
    });
  });
}

test('under TLS 1.3 not even the stolen key of the server helps somebody in between', async () => {
  await serving('tls', async (port) => {
    const { error } = await intercepted(own, port);
    assert.equal(error.mechanism, 'SCRAM-SHA-512-PLUS');
  });
});

test('a server that has -PLUS for another hash only is not told that it has none', async () => {
  const mechanisms = ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256'];
  await serving(
    'tls',
    async (port) => {
      const client = await connect(port);
      const only = ['SCRAM-SHA-256'];
      const { mechanism } = await client.authenticate({ user: 'ann', password, mechanisms: only });
      assert.equal(mechanism, 'SCRAM-SHA-256');
      await client.quit();
    },
    { mechanisms },
  );
});

test('a server without -PLUS is logged in to without it', async () => {
  await serving(
    'tls',
    async (port) => {
      const client = await connect(port);
      const { mechanism } = await client.authenticate({ user: 'ann', password });
      assert.equal(mechanism, 'SCRAM-SHA-256');
      await client.quit();
    },
    { mechanisms: ['SCRAM-SHA-256'] },
  );
});

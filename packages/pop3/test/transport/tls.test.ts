import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { before, suite, test } from 'node:test';
import tls, { createServer, type TlsOptions } from 'node:tls';
import { type ConnectOptions, Pop3Client, TlsPolicyError } from '../../src/client/index.ts';
import { MemoryMaildrop, Pop3Server } from '../../src/server/index.ts';
import { startScriptedServer } from '../../src/testing/index.ts';
import {
  makeAuthority,
  makeSelfSigned,
  type TestAuthority,
  type TestCertificate,
} from '../support/authority.ts';
import { rejection } from '../support/error.ts';

const timeouts = { connect: 5000, tls: 5000, greeting: 5000, command: 5000 };
const day = 86_400_000;

let authority: TestAuthority;
let good: TestCertificate;
before(async () => {
  authority = await makeAuthority('CN=Our authority');
  good = await authority.issue();
});

/** A bare TLS server that says +OK to everything. */
async function serving(
  options: TlsOptions,
  run: (options: ConnectOptions) => Promise<void>,
): Promise<readonly (string | false)[]> {
  const names: (string | false)[] = [];
  const server = createServer({ ...good, ...options }, (socket) => {
    names.push(socket.servername || false);
    socket.on('error', () => {}).write('+OK ready\r\n');
    socket.on('data', () => socket.write('+OK\r\n'));
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    await run({ host: 'localhost', port, timeouts, capabilities: false, tls: { ca: authority.cert } });
  } finally {
    server.close();
  }
  return names;
}

async function refused(options: ConnectOptions): Promise<TlsPolicyError> {
  const error = await rejection(Pop3Client.connect(options), 'ERR_POP3_TLS_POLICY');
  assert.ok(error instanceof TlsPolicyError);
  return error;
}

const visit = async (options: ConnectOptions): Promise<void> => (await Pop3Client.connect(options)).destroy();

suite('the name that TLS goes by (SNI)', () => {
  test('is the host, in lower case', async () => {
    const names = await serving({}, async (options) => {
      await visit(options);
      await visit({ ...options, host: 'LocalHost' });
    });
    assert.deepEqual(names, ['localhost', 'localhost']);
  });
  test('is not sent for an IP address', async () => {
    const names = await serving({}, (options) => visit({ ...options, host: '127.0.0.1' }));
    assert.deepEqual(names, [false]);
  });
  test('what is checked is what the user typed, whoever answers', async () => {
    const other = await authority.issue({ names: ['mail.example.org'] });
    await serving({ ...other }, async (options) => {
      assert.equal((await refused(options)).check, 'host');
      assert.equal((await refused({ ...options, host: '127.0.0.1' })).check, 'host');
    });
  });
});

suite('the version', () => {
  for (const [least, most, works] of [
    [undefined, 'TLSv1.2', true],
    ['TLSv1.3', 'TLSv1.2', false],
    ['TLSv1.3', 'TLSv1.3', true],
  ] as const) {
    test(`at least ${least ?? 'the default'}, where the server has ${most}`, async () => {
      await serving({ maxVersion: most }, async (options) => {
        const wanted = { ...options, tls: { ...options.tls, minVersion: least } };
        if (works) {
          const client = await Pop3Client.connect(wanted);
          assert.equal(client.tls?.version, most);
          client.destroy();
        } else {
          const error = await rejection(Pop3Client.connect(wanted), 'ERR_POP3_TRANSPORT');
          assert.match(error.message, /version of TLS/);
        }
      });
    });
  }
});

suite('trust', () => {
  test('an authority of our own is trusted instead of the usual ones', async () => {
    const other = await makeAuthority('CN=Another');
    await serving({}, async (options) => {
      await visit(options);
      assert.equal((await refused({ ...options, tls: { ca: other.cert } })).check, 'unknown-issuer');
      assert.equal((await refused({ ...options, tls: {} })).check, 'unknown-issuer');
      await visit({ ...options, tls: { ca: [other.cert, authority.cert] } });
    });
  });

  test('a pin alone trusts one key, whatever its issuer, names and dates', async () => {
    const odd = await makeSelfSigned(['www.example.org']);
    await serving({ ...odd }, async (options) => {
      const { pin } = await refused(options);
      await visit({ ...options, tls: { pin } });
      await visit({ ...options, tls: { pin: `sha256//${pin}` } });
    });
  });

  test('a pin beside an authority: all has to hold', async () => {
    await serving({}, async (options) => {
      const { pin } = await refused({ ...options, tls: {} });
      await visit({ ...options, tls: { pin, ca: authority.cert } });
      const { cert } = await makeAuthority();
      assert.equal((await refused({ ...options, tls: { pin, ca: cert } })).check, 'unknown-issuer');
    });
  });

  test('another key than the pinned one: nothing is sent, and the error names both ways out', async () => {
    const { cert: ca } = authority;
    const pin = 'A'.repeat(43).concat('=');
    const server = await startScriptedServer(async (peer) => {
      await peer.startTls(good);
      await peer.send('+OK ready\r\n');
      await peer.stall();
    });
    try {
      const error = await refused({ host: 'localhost', port: server.port, timeouts, tls: { ca, pin } });
      assert.equal(error.check, 'pin');
      assert.match(error.hint ?? '', /change the pin.*set the pin [A-Za-z0-9+/]{43}=/s);
      assert.equal(server.received, '');
    } finally {
      await server.close();
    }
  });

  for (const pin of ['', 'abc', 'x'.repeat(44), `${'A'.repeat(42)}B=`]) {
    test(`"${pin}" is no pin: refused before anything is connected to`, async () => {
      const error = await rejection(
        Pop3Client.connect({ host: 'localhost', port: 1, tls: { pin } }),
        'ERR_POP3_LOCAL_PROTOCOL',
      );
      assert.match(error.hint ?? '', /44 characters/);
    });
  }
});

suite('an error about a certificate', () => {
  const bad: readonly (readonly [check: string, make: () => Promise<TestCertificate>])[] = [
    ['host', () => authority.issue({ subject: 'CN=shown', names: ['a.example.org', 'b.example.org'] })],
    [
      'expired',
      () =>
        authority.issue({
          subject: 'CN=shown',
          names: ['localhost', 'b.example.org'],
          notBefore: new Date(Date.now() - 9 * day),
          notAfter: new Date(Date.now() - day),
        }),
    ],
    [
      'unknown-issuer',
      async () =>
        (await makeAuthority('CN=Other')).issue({
          subject: 'CN=shown',
          names: ['localhost', 'b.example.org'],
        }),
    ],
  ];
  for (const [check, make] of bad) {
    test(`${check}: names the check, the subject, the issuer, the names, the dates and the pin`, async () => {
      await serving({ ...(await make()) }, async (options) => {
        const error = await refused(options);
        assert.equal(error.check, check);
        assert.match(
          error.message,
          /\(subject CN=shown; issuer CN=(?:Our authority|Other); names \S+, b\.example\.org; valid \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\)$/,
        );
        assert.equal(error.subject, 'CN=shown');
        assert.equal(error.names.length, 2);
        assert.ok(error.notBefore instanceof Date && error.notAfter instanceof Date);
        assert.ok(error.hint?.includes(`set the pin ${error.pin}`), error.hint);
      });
    });
  }
});

suite('a client certificate (EXTERNAL)', () => {
  const { DEFAULT_MAX_VERSION } = tls;
  for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
    for (const security of ['tls', 'starttls'] as const) {
      test(`${version}, ${security}: names its user; nobody else can be had with it`, async () => {
        tls.DEFAULT_MAX_VERSION = version;
        const server = new Pop3Server({
          users: { ann: 'password', bob: 'password' },
          maildrop: () => new MemoryMaildrop([]),
          tls: { ...good, requestCert: true, clientCa: authority.cert },
          failureDelay: 0,
        });
        try {
          const { port } = await server.listen({ security });
          const connect = async (certificate?: TestCertificate): Promise<Pop3Client> =>
            Pop3Client.connect({
              host: 'localhost',
              port,
              security,
              timeouts,
              tls: { ca: authority.cert, ...certificate },
            });
          const own = await authority.issue({ subject: 'CN=ann', names: [] });

          const ann = await connect(own);
          assert.ok(ann.capabilities?.mechanisms.includes('EXTERNAL'));
          assert.equal((await ann.authenticate({ user: 'ann' })).mechanism, 'EXTERNAL');
          await ann.quit();

          const unnamed = await connect(own);
          assert.equal((await unnamed.authenticate({ user: '' })).mechanism, 'EXTERNAL');
          await unnamed.quit();

          const bob = await connect(own);
          await rejection(bob.authenticate({ user: 'bob' }), 'ERR_POP3_AUTHENTICATION_REJECTED');
          bob.destroy();

          // Somebody else's authority, or none: EXTERNAL is not even offered.
          const stranger = await (await makeAuthority()).issue({ subject: 'CN=ann', names: [] });
          for (const certificate of [stranger, undefined]) {
            const client = await connect(certificate);
            assert.ok(!client.capabilities?.mechanisms.includes('EXTERNAL'));
            const options = { user: 'ann', mechanisms: ['EXTERNAL'] };
            await rejection(client.authenticate(options), 'ERR_POP3_AUTHENTICATION_UNAVAILABLE');
            client.destroy();
          }
        } finally {
          tls.DEFAULT_MAX_VERSION = DEFAULT_MAX_VERSION;
          await server.close();
        }
      });
    }
  }

  test('a handshake that is none, or is left half done, harms nobody else', async () => {
    const server = new Pop3Server({
      users: { ann: 'password' },
      maildrop: () => new MemoryMaildrop([]),
      tls: { ...good, requestCert: true, clientCa: authority.cert },
      failureDelay: 0,
      timeouts: { handshake: 100 },
    });
    try {
      const { port } = await server.listen({ security: 'tls' });
      for (const octets of ['CAPA\r\n', '\x16\x03\x01', '']) {
        const socket = connectTcp(port, '127.0.0.1').on('error', () => {});
        socket.write(Buffer.from(octets, 'latin1'));
        socket.resume();
        await once(socket, 'close');
      }
      const options = { host: 'localhost', port, timeouts, tls: { ca: authority.cert } };
      const client = await Pop3Client.connect(options);
      await client.authenticate({ user: 'ann', password: 'password' });
      await client.quit();
    } finally {
      await server.close();
    }
  });

  test('needs its key, and one that belongs to it', async () => {
    const other = await authority.issue();
    for (const given of [
      { cert: good.cert },
      { key: good.key },
      { cert: good.cert, key: other.key },
      { cert: 'x', key: 'y' },
    ]) {
      await rejection(
        Pop3Client.connect({ host: 'localhost', port: 1, tls: given }),
        'ERR_POP3_LOCAL_PROTOCOL',
      );
    }
  });
});

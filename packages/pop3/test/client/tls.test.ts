import assert from 'node:assert/strict';
import { before, suite, test } from 'node:test';
import { type ConnectOptions, Pop3Client, TlsPolicyError } from '../../src/client/index.ts';
import { MemoryMaildrop, Pop3Server } from '../../src/server/index.ts';
import { type Script, startScriptedServer } from '../../src/testing/index.ts';
import {
  makeAuthority,
  makeSelfSigned,
  type TestAuthority,
  type TestCertificate,
} from '../support/authority.ts';
import { rejection } from '../support/error.ts';

const timeouts = { connect: 2000, tls: 300, greeting: 300, command: 300 };
const day = 86_400_000;

let authority: TestAuthority;
let good: TestCertificate;

before(async () => {
  authority = await makeAuthority();
  good = await authority.issue();
});

/** Serves with a certificate, and hands the client's options to `run`. */
async function serving(
  certificate: TestCertificate,
  run: (options: ConnectOptions) => Promise<void>,
): Promise<void> {
  const server = new Pop3Server({
    users: { alice: 'password' },
    maildrop: () => new MemoryMaildrop(['Subject: one\n\nbody\n']),
    tls: certificate,
    failureDelay: 0,
  });
  try {
    const { port } = await server.listen({ security: 'tls' });
    await run({ host: 'localhost', port, timeouts, tls: { ca: authority.cert } });
  } finally {
    await server.close();
  }
}

async function policyError(options: ConnectOptions): Promise<TlsPolicyError> {
  const error = await rejection(Pop3Client.connect(options), 'ERR_POP3_TLS_POLICY');
  assert.ok(error instanceof TlsPolicyError);
  return error;
}

suite('certificate for another host, expired, unknown issuer, self-signed, CN only', () => {
  test('a good one: TLS state, pin and channel binding are known, and SCRAM binds to them', async () => {
    await serving(good, async (options) => {
      const client = await Pop3Client.connect(options);
      assert.equal(client.tls?.version, 'TLSv1.3');
      assert.deepEqual(client.tls?.peerCertificate.names, ['localhost', '127.0.0.1']);
      assert.equal(client.tls?.channelBinding?.type, 'tls-exporter');
      const { mechanism } = await client.authenticate({ user: 'alice', password: 'password' });
      assert.equal(mechanism, 'SCRAM-SHA-512-PLUS');
      await client.quit();
    });
  });

  test('by IP address', async () => {
    await serving(good, async (options) => {
      const client = await Pop3Client.connect({ ...options, host: '127.0.0.1' });
      await client.quit();
    });
  });

  const bad: readonly (readonly [
    name: string,
    make: () => Promise<TestCertificate>,
    check: string,
    message: RegExp,
  ])[] = [
    [
      'for another host',
      () => authority.issue({ names: ['mail.example.org'] }),
      'host',
      /is not for localhost.*mail\.example\.org/,
    ],
    [
      'expired',
      () =>
        authority.issue({ notBefore: new Date(Date.now() - 3 * day), notAfter: new Date(Date.now() - day) }),
      'expired',
      /expired on \d{4}-\d\d-\d\d/,
    ],
    [
      'not valid yet',
      () =>
        authority.issue({ notBefore: new Date(Date.now() + day), notAfter: new Date(Date.now() + 2 * day) }),
      'not-yet-valid',
      /not valid yet/,
    ],
    [
      'of an unknown issuer',
      async () => (await makeAuthority('CN=Other')).issue(),
      'unknown-issuer',
      /not trusted.*CN=Other/,
    ],
    ['self-signed', () => makeSelfSigned(), 'self-signed', /self-signed/],
    [
      'that names its host in CN only',
      () => authority.issue({ subject: 'CN=localhost', names: [] }),
      'common-name-only',
      /subject only/,
    ],
  ];
  for (const [name, make, check, message] of bad) {
    test(`one ${name} is refused, and the error says what to do`, async () => {
      await serving(await make(), async (options) => {
        const error = await policyError(options);
        assert.equal(error.check, check);
        assert.match(error.message, message);
        assert.match(
          error.hint ?? '',
          new RegExp(`set the pin ${(error.pin ?? 'none').replaceAll('+', '\\+')}`),
        );
      });
    });
  }

  test('the pin that the error names lets exactly that key in', async () => {
    const certificate = await makeSelfSigned();
    let pin: string | undefined;
    await serving(certificate, async (options) => {
      pin = (await policyError(options)).pin;
      const client = await Pop3Client.connect({ ...options, tls: { pin } });
      await client.quit();
    });
    await serving(await makeSelfSigned(), async (options) => {
      assert.equal((await policyError({ ...options, tls: { pin } })).check, 'pin');
    });
  });

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 is refused', async () => {
    await serving(good, async (options) => {
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
      try {
        assert.equal((await policyError(options)).check, 'environment');
      } finally {
        delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      }
    });
  });
});

suite('plain text on the TLS port; silent handshake', () => {
  const scripts: readonly (readonly [name: string, script: Script, code: string, message: RegExp])[] = [
    [
      'plain text',
      (peer) => peer.send('+OK POP3 ready\r\n').then(() => peer.stall()),
      'ERR_POP3_TRANSPORT',
      /not TLS/,
    ],
    ['silence', (peer) => peer.stall(), 'ERR_POP3_TIMEOUT', /TLS handshake was not finished/],
    ['closed', async () => {}, 'ERR_POP3_TRANSPORT', /TLS handshake/],
  ];
  for (const [name, script, code, message] of scripts) {
    test(name, async () => {
      const server = await startScriptedServer(script);
      try {
        const error = await rejection(
          Pop3Client.connect({ host: 'localhost', port: server.port, timeouts }),
          code,
        );
        assert.match(error.message, message);
      } finally {
        await server.close();
      }
    });
  }
});

test('TLS 1.0/1.1: refused', async () => {
  const { createServer } = await import('node:tls');
  const server = createServer({
    ...good,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const error = await rejection(
      Pop3Client.connect({ host: '127.0.0.1', port, timeouts, tls: { ca: authority.cert } }),
      'ERR_POP3_TRANSPORT',
    );
    assert.match(error.message, /TLS/);
  } finally {
    server.close();
  }
});

suite('STLS missing, refused, silent; plain text or octets behind its +OK', () => {
  /** Connects with STLS to a script, expects a failure, and gives what was sent in clear. */
  async function fails(script: Script, code: string): Promise<string> {
    const server = await startScriptedServer(script);
    try {
      const options = {
        host: 'localhost',
        port: server.port,
        security: 'starttls',
        timeouts,
        tls: { ca: authority.cert },
      } as const;
      await rejection(
        Pop3Client.connect(options).then((client) =>
          client.authenticate({ user: 'alice', password: 'password' }),
        ),
        code,
      );
      assert.deepEqual(server.failures, []);
      return server.received;
    } finally {
      await server.close();
    }
  }

  const upTo =
    (answer: string): Script =>
    async (peer) => {
      await peer.send('+OK\r\n');
      await peer.expect('CAPA');
      await peer.send('+OK\r\nSTLS\r\nUSER\r\n.\r\n');
      await peer.expect('STLS');
      await peer.send(answer);
      await peer.stall();
    };

  test('not offered: nothing but CAPA was sent', async () => {
    const sent = await fails(async (peer) => {
      await peer.send('+OK\r\n');
      await peer.expect('CAPA');
      await peer.send('+OK\r\nUSER\r\n.\r\n');
      await peer.stall();
    }, 'ERR_POP3_TLS_POLICY');
    assert.equal(sent, 'CAPA\r\n');
  });

  const answers: readonly (readonly [name: string, answer: string, code: string])[] = [
    ['refused', '-ERR not now\r\n', 'ERR_POP3_TLS_POLICY'],
    ['unanswered', '', 'ERR_POP3_TIMEOUT'],
    ['accepted, with a line behind it', '+OK\r\n+OK injected\r\n', 'ERR_POP3_REMOTE_PROTOCOL'],
    ['accepted, with half a line behind it', '+OK\r\n+O', 'ERR_POP3_REMOTE_PROTOCOL'],
    ['accepted, and then nothing', '+OK\r\n', 'ERR_POP3_TIMEOUT'],
  ];
  for (const [name, answer, code] of answers) {
    test(`${name}: nothing but CAPA and STLS was sent in clear`, async () => {
      const sent = await fails(upTo(answer), code);
      assert.match(sent, /^CAPA\r\nSTLS\r\n(?:\x16\x03.*)?$/s);
    });
  }

  test('plain text after its +OK ends the session before a login', async () => {
    const sent = await fails(async (peer) => {
      await peer.send('+OK\r\n');
      await peer.expect('CAPA');
      await peer.send('+OK\r\nSTLS\r\n.\r\n');
      await peer.expect('STLS');
      await peer.send('+OK\r\n');
      // The ClientHello has come when there is a line's end in it, or soon after.
      await new Promise((resolve) => setImmediate(resolve));
      await peer.send('+OK this is not TLS\r\n');
      await peer.stall();
    }, 'ERR_POP3_TRANSPORT').catch((error: unknown) => {
      // Where both arrive together, it is the injection that is seen.
      assert.match(String(error), /ERR_POP3_REMOTE_PROTOCOL|behind/);
      return 'CAPA\r\nSTLS\r\n';
    });
    assert.doesNotMatch(sent, /alice|USER|AUTH/);
  });

  test('what was said before the handshake is forgotten', async () => {
    const server = await startScriptedServer(async (peer) => {
      await peer.send('+OK\r\n');
      await peer.expect('CAPA');
      await peer.send('+OK\r\nSTLS\r\nPIPELINING\r\nX-BEFORE\r\n.\r\n');
      await peer.expect('STLS');
      await peer.send('+OK\r\n');
      await peer.startTls(good);
      await peer.expect('CAPA');
      await peer.send('+OK\r\nX-AFTER\r\n.\r\n');
      await peer.stall();
    });
    try {
      const client = await Pop3Client.connect({
        host: 'localhost',
        port: server.port,
        security: 'starttls',
        timeouts,
        tls: { ca: authority.cert },
      });
      assert.deepEqual([...(client.capabilities ?? [])], ['X-AFTER']);
      client.destroy();
    } finally {
      await server.close();
    }
  });
});

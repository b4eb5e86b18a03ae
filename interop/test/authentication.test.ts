import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  AuthenticationRejectedError,
  type ConnectOptions,
  Pop3Client,
  type Security,
  type TlsOptions,
} from '@postrider/pop3';
import { startFaultyProxy } from '@postrider/pop3/testing';
import { makeClientCertificate } from '../src/certificate.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { postrider } from '../src/postrider.ts';
import { requireProgram } from '../src/require-program.ts';

const password = 'pass word, with = and ünicode';
const wrong = 'a wrong password';
const readable = ['PLAIN', 'LOGIN', 'USER'];
const mechanisms = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'APOP', ...readable];

const portOf = (dovecot: Dovecot, security: Security): number =>
  security === 'tls' ? dovecot.tlsPort : dovecot.port;

/** The words that name the server to the program. */
const place = (dovecot: Dovecot, security: Security, user = 'alice'): string[] => [
  ...['localhost', user, '--security', security, '--port', String(portOf(dovecot, security))],
  ...['--ca', dovecot.certificate.caFile],
];

/** A session, and the commands that could log in which it has sent. */
async function connect(dovecot: Dovecot, security: Security, tls: TlsOptions = {}, port?: number) {
  const attempts: string[] = [];
  const options: ConnectOptions = {
    host: 'localhost',
    port: port ?? portOf(dovecot, security),
    security,
    tls: { ca: dovecot.certificate.ca, ...tls },
    trace: ({ direction, text }) => {
      if (direction === 'client' && /^(?:AUTH|APOP|PASS|USER)\b/.test(text)) attempts.push(text);
    },
  };
  return { client: await Pop3Client.connect(options), attempts };
}

/** What Dovecot itself says about a session that ended without a login; each test that asks has a user of its own. */
async function verdict(dovecot: Dovecot, user: string): Promise<string> {
  const line = new RegExp(`pop3-login: .*(?:Disconnected|Aborted).*user=<${user}>.*`);
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    const found = line.exec(dovecot.log());
    if (found !== null) return found[0];
    await new Promise((resolve) => setImmediate(resolve));
  }
  return assert.fail(`Dovecot says nothing about ${user}: ${dovecot.log()}`);
}

async function refusal(login: Promise<unknown>): Promise<AuthenticationRejectedError> {
  try {
    await login;
  } catch (error) {
    assert.ok(error instanceof AuthenticationRejectedError, String(error));
    return error;
  }
  return assert.fail('it was let in');
}

suite('logging in to Dovecot', requireProgram('dovecot', 'openssl'), () => {
  let dovecot: Dovecot;
  before(async () => {
    dovecot = await startDovecot({
      users: { alice: password, 'once-tls': password, 'once-starttls': password, 'once-none': password },
    });
  });
  after(() => dovecot?.stop());

  // None of these reads Dovecot's log, and each failed login is answered late: they run side by side.
  suite('by each mechanism', { concurrency: 8 }, () => {
    for (const security of ['tls', 'starttls', 'none'] as const) {
      for (const mechanism of mechanisms) {
        const allowCleartextPassword = security === 'none' && readable.includes(mechanism);
        const login = (given: string) => ({
          user: 'alice',
          password: given,
          mechanisms: [mechanism],
          allowCleartextPassword,
        });

        test(`${security}, ${mechanism}: the right password`, async () => {
          const { client, attempts } = await connect(dovecot, security);
          const result = await client.authenticate(login(password));
          assert.equal(result.mechanism, mechanism);
          assert.equal(client.tls?.version, security === 'none' ? undefined : 'TLSv1.3');
          assert.equal((await client.stat()).messages, 0);
          await client.quit();
          assert.equal(attempts.length, mechanism === 'USER' ? 2 : 1);
        });

        test(`${security}, ${mechanism}: a wrong password is a verdict, after one attempt`, async () => {
          const { client, attempts } = await connect(dovecot, security);
          const error = await refusal(client.authenticate(login(wrong)));
          assert.equal(error.mechanism, mechanism);
          assert.equal(error.responseCode?.code, 'AUTH');
          assert.equal(error.transient, false);
          assert.equal(attempts.length, mechanism === 'USER' ? 2 : 1, attempts.join());
          await client.quit();
        });

        test(`${security}, ${mechanism}: the program, with the right password and a wrong one`, async () => {
          const words = ['status', ...place(dovecot, security), '--auth', mechanism.toLowerCase()];
          if (allowCleartextPassword) {
            const unsafe = await postrider(words, { POSTRIDER_PASSWORD: password });
            assert.equal(unsafe.code, 77);
            assert.match(unsafe.stderr, /--allow-cleartext-password/);
            words.push('--allow-cleartext-password');
          }
          const good = await postrider(words, { POSTRIDER_PASSWORD: password });
          assert.equal(good.stdout, 'You have 0 messages totaling 0 bytes.\n', good.stderr);
          assert.equal(good.code, 0);
          const bad = await postrider([...words, '--trace'], { POSTRIDER_PASSWORD: wrong });
          assert.equal(bad.code, 77);
          assert.match(bad.stderr, /Authentication failed/);
          assert.doesNotMatch(bad.stderr, /a wrong password|YSB3cm9uZyBwYXNzd29yZA/);
          assert.equal(bad.stderr.match(/^C: (?:AUTH|APOP|PASS)/gm)?.length, 1, bad.stderr);
        });
      }
    }
  });

  for (const security of ['tls', 'starttls', 'none'] as const) {
    test(`${security}, no mechanism named: a wrong password is tried once, by the strongest`, async () => {
      const { client, attempts } = await connect(dovecot, security);
      const error = await refusal(client.authenticate({ user: `once-${security}`, password: wrong }));
      assert.equal(error.mechanism, 'SCRAM-SHA-256');
      assert.ok((error.plan?.steps.length ?? 0) > 2, 'there would have been others');
      assert.deepEqual(attempts, ['AUTH SCRAM-SHA-256 [secret]']);
      await client.quit();
      assert.match(await verdict(dovecot, `once-${security}`), /auth failed, 1 attempts/);
    });

    test(`${security}: an unknown user is told nothing else than one with a wrong password`, async () => {
      const { client } = await connect(dovecot, security);
      const [nobody, alice] = [
        await refusal(client.authenticate({ user: 'nobody', password })),
        await refusal(client.authenticate({ user: 'alice', password: wrong })),
      ];
      assert.equal(nobody.message, alice.message);
      client.destroy();
    });
  }

  test('none: what crosses the wire holds the password in no form', async () => {
    const proxy = await startFaultyProxy(dovecot);
    try {
      for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'APOP']) {
        const { client } = await connect(dovecot, 'none', {}, proxy.port);
        await client.authenticate({ user: 'alice', password, mechanisms: [mechanism] });
        await client.quit();
      }
    } finally {
      await proxy.close();
    }
    const sent = proxy.received;
    assert.equal(sent.match(/^QUIT\r$/gm)?.length, 4);
    for (const encoding of ['utf8', 'base64', 'hex'] as const) {
      const form = Buffer.from(password).toString(encoding);
      const seen = Buffer.from(sent, 'latin1').toString('utf8');
      assert.ok(!seen.includes(form.replace(/=+$/, '')), form);
    }
  });
});

suite('logging in to Dovecot with a client certificate', requireProgram('dovecot', 'openssl'), () => {
  let dovecot: Dovecot;
  before(async () => {
    dovecot = await startDovecot({
      users: { alice: password },
      mechanisms: 'plain external',
      configuration: ({ caFile }) => `ssl_ca = <${caFile}
ssl_require_crl = no
ssl_verify_client_cert = yes
auth_ssl_username_from_cert = yes
passdb {
  driver = static
  mechanisms = external
  args = nopassword=y
}`,
    });
  });
  after(() => dovecot?.stop());

  for (const security of ['tls', 'starttls'] as const) {
    test(`${security}: the certificate alone is enough`, async () => {
      const { cert, key } = makeClientCertificate(dovecot.folder, 'alice');
      const { client, attempts } = await connect(dovecot, security, { cert, key });
      assert.equal(client.tls?.clientCertificate, true);
      const { mechanism } = await client.authenticate({ user: 'alice' });
      assert.equal(mechanism, 'EXTERNAL');
      assert.equal((await client.stat()).messages, 0);
      await client.quit();
      assert.equal(attempts.length, 1);
    });

    test(`${security}: a certificate of an unknown authority is refused, and nothing else is tried`, async () => {
      const { cert, key } = makeClientCertificate(dovecot.folder, 'alice', 'unknown');
      const { client, attempts } = await connect(dovecot, security, { cert, key });
      const error = await refusal(
        client.authenticate({ user: 'alice', password, mechanisms: ['EXTERNAL', 'PLAIN'] }),
      );
      assert.equal(error.mechanism, 'EXTERNAL');
      assert.equal(attempts.length, 1);
      client.destroy();
    });

    test(`${security}: with somebody else's certificate, nobody becomes alice`, async () => {
      const { cert, key } = makeClientCertificate(dovecot.folder, `bob-${security}`);
      const { client, attempts } = await connect(dovecot, security, { cert, key });
      const error = await refusal(client.authenticate({ user: 'alice' }));
      assert.equal(error.mechanism, 'EXTERNAL');
      assert.equal(attempts.length, 1);
      await client.quit();
      assert.match(await verdict(dovecot, `bob-${security}`), /auth failed, 1 attempts/);
    });

    test(`${security}: the program, with the right certificate and a wrong one`, async () => {
      const run = (user: string) => {
        const { certFile, keyFile } = makeClientCertificate(dovecot.folder, user);
        const words = ['--auth', 'external', '--cert', certFile, '--key', keyFile, '--trace'];
        return postrider(['status', ...place(dovecot, security), ...words]);
      };
      const good = await run('alice');
      assert.equal(good.stdout, 'You have 0 messages totaling 0 bytes.\n', good.stderr);
      const bad = await run('bob');
      assert.equal(bad.code, 77, bad.stderr);
      assert.equal(bad.stderr.match(/^C: AUTH/gm)?.length, 1, bad.stderr);
    });
  }

  test('without a certificate there is nothing to log in with: nothing is sent', async () => {
    const { client, attempts } = await connect(dovecot, 'tls');
    await assert.rejects(client.authenticate({ user: 'alice', mechanisms: ['EXTERNAL'] }), {
      code: 'ERR_POP3_AUTHENTICATION_UNAVAILABLE',
    });
    assert.deepEqual(attempts, []);
    await client.quit();
  });
});

suite('acting as another user of Dovecot', requireProgram('dovecot', 'openssl'), () => {
  let dovecot: Dovecot;
  before(async () => {
    dovecot = await startDovecot({
      users: { alice: password },
      mechanisms: 'plain login cram-md5 scram-sha-256',
      configuration: `passdb {
  driver = static
  master = yes
  args = password={PLAIN}of-the-master
}`,
    });
  });
  after(() => dovecot?.stop());

  for (const mechanism of ['scram-sha-256', 'plain']) {
    test(`${mechanism}: the master gets to the maildrop of the user`, async () => {
      const words = ['status', ...place(dovecot, 'tls', 'master'), '--auth', mechanism, '--act-as', 'alice'];
      const { stdout, stderr } = await postrider(words, { POSTRIDER_PASSWORD: 'of-the-master' });
      assert.equal(stdout, 'You have 0 messages totaling 0 bytes.\n', stderr);
      assert.match(dovecot.log(), /Login: user=<alice>, method=/);
    });
  }

  test('no way that could carry it: exit code 77, and nothing is sent', async () => {
    const words = [
      'status',
      ...place(dovecot, 'tls', 'alice'),
      '--auth',
      'login,cram-md5,user',
      '--act-as',
      'bob',
    ];
    const { code, stderr } = await postrider([...words, '--trace'], { POSTRIDER_PASSWORD: password });
    assert.equal(code, 77, stderr);
    assert.doesNotMatch(stderr, /^C: (?:AUTH|USER|PASS)/m);
  });
});

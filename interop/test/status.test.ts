import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fillMaildir, makeCorpus } from '../src/corpus.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { requireProgram } from '../src/require-program.ts';

const password = 'pass word with spaces';
const program = new URL('../../packages/postrider/bin/postrider.js', import.meta.url).pathname;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function postrider(words: readonly string[], secret = password): Promise<Ran> {
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', POSTRIDER_PASSWORD: secret };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

suite('postrider status with Dovecot', requireProgram('dovecot', 'openssl'), () => {
  let dovecot: Dovecot;
  let expected: string;

  before(async () => {
    dovecot = await startDovecot({ users: { alice: password } });
    const corpus = fillMaildir(dovecot, 'alice', makeCorpus({ count: 25 }));
    const octets = corpus.reduce((sum, message) => sum + message.octets.length, 0);
    expected = `You have 25 messages totaling ${octets} bytes.\n`;
  });
  after(() => dovecot?.stop());

  const to = (security: string): string[] => [
    'localhost',
    'alice',
    '--security',
    security,
    '--port',
    String(security === 'tls' ? dovecot.tlsPort : dovecot.port),
    '--ca',
    dovecot.certificate.caFile,
  ];

  for (const security of ['tls', 'starttls', 'none']) {
    test(`${security}: tells what there is, and touches nothing`, async () => {
      const files = (): string[] => readdirSync(join(dovecot.maildir('alice'), 'cur')).sort();
      const earlier = files();
      const { code, stdout, stderr } = await postrider(['status', ...to(security)]);
      assert.equal(stdout, expected, stderr);
      assert.equal(code, 0);
      assert.equal(/no TLS/.test(stderr), security === 'none');
      assert.deepEqual(files(), earlier);
    });

    for (const mechanism of ['scram-sha-256', 'scram-sha-1', 'cram-md5', 'apop', 'plain', 'login', 'user']) {
      const readable = ['plain', 'login', 'user'].includes(mechanism);
      test(`${security}: ${mechanism}, with the right password and with a wrong one`, async () => {
        const words = ['status', ...to(security), '--auth', mechanism];
        if (readable && security === 'none') {
          const refused = await postrider(words);
          assert.equal(refused.code, 77);
          assert.match(refused.stderr, /--allow-cleartext-password/);
          words.push('--allow-cleartext-password');
        }
        assert.equal((await postrider(words)).stdout, expected);
        const wrong = await postrider([...words, '--trace'], 'a wrong password');
        assert.equal(wrong.code, 77);
        assert.match(wrong.stderr, /Authentication failed/);
        assert.doesNotMatch(wrong.stderr, /a wrong password/);
        const attempts = wrong.stderr.match(/^C: (?:AUTH|APOP|PASS)/gm) ?? [];
        assert.equal(attempts.length, 1, wrong.stderr);
      });
    }
  }

  test('--json has stable keys', async () => {
    const { stdout } = await postrider(['status', ...to('tls'), '--json']);
    const { octets, ...rest } = JSON.parse(stdout);
    assert.equal(typeof octets, 'number');
    assert.deepEqual(rest, {
      account: 'alice@localhost',
      host: 'localhost',
      user: 'alice',
      messages: 25,
      mechanism: 'SCRAM-SHA-256',
      tls: 'TLSv1.3',
    });
  });

  test('an unknown authority: 76, the check named, nothing sent', async () => {
    const { code, stderr } = await postrider([
      'status',
      'localhost',
      'alice',
      '--port',
      String(dovecot.tlsPort),
    ]);
    assert.equal(code, 76);
    assert.match(stderr, /not trusted/);
    assert.match(stderr, /set the pin/);
  });
});

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fillMaildir, makeCorpus } from '../src/corpus.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { postrider, type Ran } from '../src/postrider.ts';
import { requireProgram } from '../src/require-program.ts';

const password = 'pass word with spaces';
const run = (words: readonly string[]): Promise<Ran> => postrider(words, { POSTRIDER_PASSWORD: password });

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
      const { code, stdout, stderr } = await run(['status', ...to(security)]);
      assert.equal(stdout, expected, stderr);
      assert.equal(code, 0);
      assert.equal(/no TLS/.test(stderr), security === 'none');
      assert.deepEqual(files(), earlier);
    });
  }

  test('--json has stable keys', async () => {
    const { stdout } = await run(['status', ...to('tls'), '--json']);
    const { octets, ...rest } = JSON.parse(stdout);
    assert.equal(typeof octets, 'number');
    assert.deepEqual(rest, {
      account: 'alice@localhost',
      host: 'localhost',
      user: 'alice',
      messages: 25,
      mechanism: 'SCRAM-SHA-256',
      tls: 'TLSv1.3',
      error: null,
      exitCode: 0,
    });
  });

  test('an unknown authority: 76, the check named, nothing sent', async () => {
    const { code, stderr } = await run(['status', 'localhost', 'alice', '--port', String(dovecot.tlsPort)]);
    assert.equal(code, 76);
    assert.match(stderr, /not trusted/);
    assert.match(stderr, /add: --pin /);
  });
});

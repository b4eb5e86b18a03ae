import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { postrider } from '../src/postrider.ts';
import { requireProgram } from '../src/require-program.ts';

const password = 'pass word with spaces';

suite('postrider doctor with Dovecot', requireProgram('dovecot', 'openssl'), () => {
  let dovecot: Dovecot;
  before(async () => {
    dovecot = await startDovecot({ users: { alice: password } });
  });
  after(() => dovecot?.stop());

  const doctor = (security: 'tls' | 'starttls', words: readonly string[], secret = password) => {
    const port = String(security === 'tls' ? dovecot.tlsPort : dovecot.port);
    const place = ['--port', port, '--security', security, '--ca', dovecot.certificate.caFile];
    return postrider(['doctor', 'localhost', ...words, ...place], { POSTRIDER_PASSWORD: secret });
  };

  for (const [security, how] of [
    ['tls', 'TLS from the first octet'],
    ['starttls', 'after STLS'],
  ] as const) {
    test(`${security}: what it offers, and what would be done`, async () => {
      const { code, stdout, stderr } = await doctor(security, []);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`^localhost:\\d+, ${how}$`, 'm'));
      assert.match(stdout, /^ {2}good {2}TLS +TLSv1\.3, /m);
      assert.match(stdout, /^ {2}good {2}names +localhost, 127\.0\.0\.1$/m);
      assert.match(stdout, /^ {2}weak {2}valid +.*, 1 day left$/m);
      assert.match(stdout, /^ +SASL +PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-1, SCRAM-SHA-256$/m);
      assert.match(stdout, /^ {2}good {2}1\. SCRAM-SHA-256 /m);
      assert.match(stdout, /^ {2}weak {2}\d\. APOP /m);
      assert.match(
        stdout,
        /^ {2}good {2}verdict +Postrider would use (?:TLS|STLS) on port \d+ and SCRAM-SHA-256: /m,
      );
    });

    test(`${security}: with a user, the right password and a wrong one`, async () => {
      const good = await doctor(security, ['alice']);
      assert.equal(good.code, 0, good.stderr);
      assert.match(good.stdout, /^ {2}good {2}login +alice, by SCRAM-SHA-256: 0 messages, 0 B$/m);
      const bad = await doctor(security, ['alice'], 'a wrong one');
      assert.equal(bad.code, 77);
      assert.match(bad.stdout, /^ {2}bad {3}login +.*Authentication failed/m);
    });
  }

  test('an authority that is not known: exit code 76', async () => {
    const words = ['doctor', 'localhost', '--port', String(dovecot.tlsPort), '--security', 'tls'];
    const { code, stdout } = await postrider(words);
    assert.equal(code, 76);
    assert.match(stdout, /^ {2}bad {2,}certificate +was issued by an authority that is not trusted$/m);
    assert.match(stdout, /--pin [A-Za-z0-9+/]{43}=$/m);
  });
});

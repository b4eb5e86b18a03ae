import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { Pop3Client, secret } from '../../src/client/index.ts';
import { Redactor } from '../../src/client/redact.ts';
import { parseResponseCode, type StatusLine } from '../../src/protocol/index.ts';
import { startScriptedServer } from '../../src/testing/index.ts';

function knowing(...passwords: readonly string[]): Redactor {
  const redactor = new Redactor();
  for (const password of passwords) redactor.addCredentials({ password: secret(password) });
  return redactor;
}

function statusLine(text: string): StatusLine {
  const { code, text: words } = parseResponseCode(text);
  return { status: '-ERR', text: words, responseCode: code, line: `-ERR ${text}` };
}

const withheld = "[the server's words are left out: they hold the secret]";

suite('a redactor', () => {
  test('leaves everything as it is as long as it knows nothing', () => {
    assert.equal(knowing('').redact('anything ""', true), 'anything ""');
  });

  for (const [password, said, text, code] of [
    ['Sesame-9', 'wrong: Sesame-9', 'wrong: [secret]', undefined],
    ['Sesame-9', '[AUTH] wrong: Sesame-9', 'wrong: [secret]', 'AUTH'],
    ['Sesame-9', '[X-ODD] wrong', 'wrong', 'X-ODD'],
    ['Sesame-9', '[SESAME-9] wrong', '[[secret]] wrong', undefined],
    ['Se]same-9', '[Se]same-9', '[[secret]', undefined],
    ['pass', '[IN-USE] pass', withheld, 'IN-USE'],
    // A password like a word of the protocol changes nothing about what is done.
    ['in-use', '[IN-USE] locked', 'locked', 'IN-USE'],
    ['auth', '[AUTH] no', 'no', 'AUTH'],
  ] as const) {
    test(`that knows ${password} makes of "-ERR ${said}": ${text}`, () => {
      const shown = knowing(password).redactStatus(statusLine(said));
      assert.deepEqual([shown.text, shown.responseCode?.code], [text, code]);
    });
  }

  for (const [password, line, shown] of [
    ['user', 'USER', 'USER'],
    ['plain-text', 'SASL PLAIN plain-text', 'SASL PLAIN [secret]'],
    ['TOP secret', 'TOP secret', '[secret]'],
    ['X-SECRET', 'X-SECRET', '[secret]'],
  ] as const) {
    test(`that knows ${password} makes of the capability "${line}": ${shown}`, () => {
      const event = { type: 'line', command: { keyword: 'CAPA' }, lineNumber: 1, text: line } as const;
      assert.equal(knowing(password).redactLine(event), shown);
    });
  }

  test('takes the beginning of a secret out of a text that was cut', () => {
    const redactor = knowing('Sesame-opens-9');
    assert.equal(redactor.redact('it was Sesame-op', true), 'it was [secret]');
    assert.equal(redactor.redact('it was Se', true), 'it was Se');
    assert.equal(redactor.redact('it was Sesame-op'), 'it was Sesame-op');
  });

  test('shows what it knows to nobody', () => {
    const redactor = knowing('Sesame-opens-9');
    redactor.redact('anything');
    const text = `${inspect(redactor, { depth: 10, showHidden: true })}${JSON.stringify(redactor)}`;
    assert.doesNotMatch(text, /Sesame/);
  });

  test('takes secrets out of what is said about a token, before that is cut short', () => {
    const redactor = new Redactor();
    redactor.addCredentials({ accessToken: secret('ya29.token-of-mine') });
    const shown = redactor.redactTokenError({ status: `${'x'.repeat(290)}ya29.token-of-mine`, scope: 'a' });
    assert.deepEqual(shown, { status: `${'x'.repeat(290)}[secret]`, scope: 'a', schemes: undefined });
    assert.equal(redactor.redactTokenError({ status: 'x'.repeat(1000) })?.status.length, 300);
  });
});

suite('what is no text of the server stays as it is, and is not searched', () => {
  const password = 'abcdef-9';
  const listing = `+OK\r\n1 ${password}\r\n.\r\n`;
  const mail = `+OK ${password}\r\n${password}\r\n.\r\n`;
  const answers: Readonly<Record<string, string>> = {
    CAPA: '+OK\r\nUSER\r\nPIPELINING\r\nUIDL\r\n.\r\n',
    UIDL: listing,
    'UIDL 1': `+OK 1 ${password}\r\n`,
    'LIST 1': '+OK 1 123456\r\n',
    STAT: '+OK 1 123456\r\n',
    'RETR 1': mail,
    'TOP 1 0': mail,
  };

  test('values and messages, a thousand of them in flight', async (context) => {
    const server = await startScriptedServer(async (peer) => {
      await peer.send('+OK ready\r\n');
      await peer.answer((line) => answers[line] ?? `+OK ${password}\r\n`);
    });
    try {
      const client = await Pop3Client.connect({ host: '127.0.0.1', port: server.port, security: 'none' });
      await client.authenticate({ user: 'ann', password, allowCleartextPassword: true });
      // CAPA, whose lines are text, follows the login by itself.
      await client.noop();
      const searched = context.mock.method(Redactor.prototype, 'redact');
      assert.deepEqual((await client.uidl()).entries, [{ messageNumber: 1, uniqueId: password }]);
      assert.deepEqual(await client.uidl(1), { messageNumber: 1, uniqueId: password });
      assert.deepEqual(await client.list(1), { messageNumber: 1, octets: 123_456 });
      assert.deepEqual(await client.stat(), { messages: 1, octets: 123_456 });
      assert.equal(Buffer.from(await client.top(1, 0).bytes()).toString(), `${password}\r\n`);
      const whole = Array.from({ length: 1000 }, () => client.retrieve(1).bytes());
      for (const octets of await Promise.all(whole)) {
        assert.equal(Buffer.from(octets).toString(), `${password}\r\n`);
      }
      await Promise.all([client.dele(1), client.noop(), client.rset()]);
      assert.equal(searched.mock.callCount(), 0);
      assert.equal(await client.quit(), '[secret]');
      assert.ok(searched.mock.callCount() > 0);
    } finally {
      await server.close();
    }
  });
});

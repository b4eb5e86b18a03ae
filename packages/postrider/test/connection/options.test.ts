import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startScriptedServer } from '@postrider/pop3/testing';
import { postrider, postriderIn } from '../support/run.ts';

/** Logs in to a server that takes everything, without TLS, and gives what it was sent. */
async function sentBy(words: readonly string[], password: string, capabilities = 'USER'): Promise<string[]> {
  const server = await startScriptedServer(async (peer) => {
    await peer.send('+OK ready\r\n');
    await peer.answer((line) => {
      if (line === 'CAPA') return `+OK\r\n${capabilities}\r\n.\r\n`;
      return line === 'STAT' ? '+OK 0 0\r\n' : '+OK\r\n';
    });
  });
  try {
    const place = ['localhost', 'ann', '--port', String(server.port), '--security', 'none'];
    const options = ['--allow-cleartext-password', ...words];
    const { code, stderr } = await postrider(['status', ...place, ...options], {
      POSTRIDER_PASSWORD: password,
    });
    assert.equal(code, 0, stderr);
    return server.received.split('\r\n').filter((line) => !/^(?:CAPA|STAT|QUIT|)$/.test(line));
  } finally {
    await server.close();
  }
}

suite('login options', () => {
  test('--password-encoding: UTF-8, or ISO 8859-1 where that is asked for', async () => {
    const octets = (encoding: 'utf8' | 'latin1'): string =>
      Buffer.from('pässwörd', encoding).toString('latin1');
    assert.deepEqual(await sentBy([], 'pässwörd'), ['USER ann', `PASS ${octets('utf8')}`]);
    const latin1 = await sentBy(['--password-encoding', 'latin1'], 'pässwörd');
    assert.deepEqual(latin1, ['USER ann', `PASS ${octets('latin1')}`]);
  });

  test('--act-as: the identity to act as', async () => {
    const [line = ''] = await sentBy(['--act-as', 'boss'], 'secret', 'SASL PLAIN');
    const response = Buffer.from(line.replace('AUTH PLAIN ', ''), 'base64').toString();
    assert.equal(response, 'boss\0ann\0secret');
  });

  for (const [name, hint] of [
    ['digest-md5', /RFC 6331.*scram-sha-256/],
    ['NTLM', /oauthbearer/],
    ['gssapi', /Kerberos.*scram-sha-256/],
    ['scram-md5', /it takes scram-sha-512-plus, /],
  ] as const) {
    test(`--auth ${name}: exit code 64, and what to use`, async () => {
      const { code, stderr } = await postriderIn({}, ['status', 'localhost', 'ann', '--auth', name]);
      assert.equal(code, 64);
      assert.match(/^hint: (.*)$/m.exec(stderr)?.[1] ?? '', hint);
    });
  }

  test('NODE_TLS_REJECT_UNAUTHORIZED=0 is refused: exit code 76, nothing is connected to', async () => {
    const server = await startScriptedServer(async (peer) => peer.stall());
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const words = ['status', 'localhost', 'ann', '--port', String(server.port)];
      const { code, stderr } = await postrider(words, { POSTRIDER_PASSWORD: 'secret' });
      assert.equal(code, 76);
      assert.match(stderr, /NODE_TLS_REJECT_UNAUTHORIZED=0 is set/);
      assert.match(stderr, /^hint: Unset it/m);
      assert.equal(server.connections, 0);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      await server.close();
    }
  });

  test('files that cannot be read, or are no PEM, are named with their flag', async () => {
    for (const flag of ['ca', 'cert', 'key']) {
      const { code, stderr } = await postrider(['status', 'localhost', 'ann', `--${flag}`, '/nowhere'], {
        POSTRIDER_PASSWORD: 'secret',
      });
      assert.equal(code, 74);
      assert.match(stderr, new RegExp(`--${flag} cannot be read`));
    }
  });
});

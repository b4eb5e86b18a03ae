import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startScriptedServer } from '@postrider/pop3/testing';
import { inFlags } from '../../src/failure/in-flags.ts';
import { startMaildrop } from '../support/maildrop.ts';
import { postrider } from '../support/run.ts';

suite('hints speak of flags', () => {
  test('a certificate that is not trusted', async () => {
    const server = await startMaildrop([]);
    try {
      const { stderr, code } = await postrider(
        ['status', '127.0.0.1', 'u', '--port', String(server.port)],
        server.env,
      );
      assert.equal(code, 76);
      assert.ok(stderr.trimEnd().endsWith(`add: --pin ${server.pin}`), stderr);
    } finally {
      await server.close();
    }
  });

  test('a certificate with another key than the pinned one', async () => {
    const server = await startMaildrop([]);
    try {
      const pin = `${'A'.repeat(43)}=`;
      const words = ['status', '127.0.0.1', 'u', '--port', String(server.port), '--pin', pin];
      assert.match((await postrider(words, server.env)).stderr, /hint: .*change --pin/);
    } finally {
      await server.close();
    }
  });

  test('a key that is encrypted', () => {
    assert.match(inFlags('Both must be PEM; an encrypted key needs its passphrase.'), /openssl pkey/);
  });

  test('a client certificate without its key', async () => {
    const server = await startMaildrop([]);
    try {
      const words = ['status', ...server.words, '--cert', '/dev/null'];
      const { stderr, code } = await postrider(words, server.env);
      assert.equal(code, 64, stderr);
      assert.match(stderr, /hint: Give both --cert and --key\./);
    } finally {
      await server.close();
    }
  });

  test('a port that stays silent, as one for TLS does', async () => {
    const server = await startScriptedServer((peer) => peer.stall());
    try {
      const words = [
        'status',
        '127.0.0.1',
        'u',
        '--port',
        String(server.port),
        '--security',
        'none',
        '--timeout',
        '1',
      ];
      const { stderr, code } = await postrider(words, { POSTRIDER_PASSWORD: 'x' });
      assert.equal(code, 75);
      assert.match(stderr, /no whole greeting came within 1 s\nhint: .*--security tls.*--timeout/);
    } finally {
      await server.close();
    }
  });

  test('no STLS, and a password that everybody could read', async () => {
    const server = await startScriptedServer(async (peer) => {
      await peer.send('+OK ready\r\n');
      await peer.answer((line) => (line === 'CAPA' ? '+OK\r\nUSER\r\n.\r\n' : '-ERR no such command\r\n'));
    });
    try {
      const at = ['status', '127.0.0.1', 'u', '--port', String(server.port)];
      const env = { POSTRIDER_PASSWORD: 'x' };
      assert.match(
        (await postrider([...at, '--security', 'starttls'], env)).stderr,
        /hint: Use --security tls/,
      );
      const clear = await postrider([...at, '--security', 'none'], env);
      assert.equal(clear.code, 77);
      assert.match(
        clear.stderr,
        /hint: Use --security tls or starttls\. --allow-cleartext-password sends it/,
      );
    } finally {
      await server.close();
    }
  });

  test('answers that are mixed up: no flag does what the library names', async () => {
    await using server = await startScriptedServer(async (peer) => {
      await peer.send('+OK ready\r\n');
      await peer.answer((line) => {
        if (line === 'CAPA') return '+OK\r\nUSER\r\n.\r\n';
        return line === 'LIST 1' ? '+OK 2 200\r\n' : '+OK\r\n';
      });
    });
    const at = ['127.0.0.1', 'u', '--port', String(server.port), '--security', 'none'];
    const words = ['delete', ...at, '1', '--yes', '--allow-cleartext-password'];
    const { code, stderr } = await postrider(words, { POSTRIDER_PASSWORD: 'x' });
    assert.equal(code, 76);
    assert.match(stderr, /about another message: .*\nhint: The server mixes up its answers: whoever runs it/);
  });
});

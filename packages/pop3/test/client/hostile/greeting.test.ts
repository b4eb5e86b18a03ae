import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CommandRejectedError, Pop3Client } from '../../../src/client/index.ts';
import type { Script } from '../../../src/testing/index.ts';
import { rejection } from '../../support/error.ts';
import { against } from '../../support/hostile.ts';

suite('HTTP, SMTP, IMAP, a TLS alert or binary instead of POP3', () => {
  const foreign: readonly (readonly [name: string, octets: string, protocol: RegExp])[] = [
    ['SMTP', '220 mail.example.org ESMTP\r\n', /speaks SMTP/],
    ['IMAP', '* OK IMAP4rev1 ready\r\n', /speaks IMAP/],
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', /speaks HTTP/],
    ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n', /speaks SSH/],
    ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46', /speaks TLS/],
    ['binary', '\x00\xff\x00\xfe\r\n', /neither \+OK nor -ERR/],
    ['prose', 'hello there\r\n', /neither \+OK nor -ERR/],
  ];
  for (const [name, octets, message] of foreign) {
    test(`${name}: says what it is, and sends nothing`, async () => {
      const { received } = await against(
        async (peer) => {
          await peer.send(octets);
          await peer.stall();
        },
        async (options) => {
          const error = await rejection(Pop3Client.connect(options), 'ERR_POP3_REMOTE_PROTOCOL');
          assert.match(error.message, message);
        },
      );
      assert.equal(received, '');
    });
  }
});

suite('no, half, endless or dripping greeting; reset', () => {
  const silent: readonly (readonly [name: string, script: Script, code: string])[] = [
    ['none at all', (peer) => peer.stall(), 'ERR_POP3_TIMEOUT'],
    ['half of one', async (peer) => peer.send('+OK rea').then(() => peer.stall()), 'ERR_POP3_TIMEOUT'],
    [
      'one that drips',
      async (peer) => {
        await peer.send('+OK ');
        // Each octet well within the deadline, all of them well over it.
        await peer.send('x'.repeat(100), { split: 1, pause: 20 });
        await peer.stall();
      },
      'ERR_POP3_TIMEOUT',
    ],
    ['closed before it', async () => {}, 'ERR_POP3_CONNECTION_CLOSED'],
    ['closed in the middle', async (peer) => peer.send('+OK re'), 'ERR_POP3_CONNECTION_CLOSED'],
    ['a reset', async (peer) => peer.reset(), 'ERR_POP3_TRANSPORT'],
    [
      'an endless one',
      async (peer) => peer.send(`+OK ${'x'.repeat(70_000)}`).then(() => peer.stall()),
      'ERR_POP3_LIMIT',
    ],
  ];
  for (const [name, script, code] of silent) {
    test(`${name}: ${code}, nothing sent`, async () => {
      const { received } = await against(script, async (options) => {
        await rejection(Pop3Client.connect(options), code);
      });
      assert.equal(received, '');
    });
  }
});

suite('-ERR greeting with a response code', () => {
  const turnedAway: readonly (readonly [line: string, transient: boolean])[] = [
    ['-ERR [IN-USE] too many connections', true],
    ['-ERR [SYS/TEMP] later', true],
    ['-ERR [SYS/PERM] never', false],
    ['-ERR', false],
  ];
  for (const [line, transient] of turnedAway) {
    test(`${line}: ${transient ? 'temporary' : 'final'}, no login`, async () => {
      const { received } = await against(
        async (peer) => peer.send(`${line}\r\n`),
        async (options) => {
          const error = await rejection(Pop3Client.connect(options), 'ERR_POP3_COMMAND_REJECTED');
          assert.equal(error.transient, transient);
          assert.equal(error.fatal, true);
        },
      );
      assert.equal(received, '');
    });
  }
});

suite('terminal escapes and bidi controls', () => {
  test('in a greeting or -ERR: the text is as it came, the message shows them escaped', async () => {
    await against(
      async (peer) => peer.send('-ERR \x1b[2J\xe2\x80\xae\x07 go away\r\n'),
      async (options) => {
        const error = await rejection(Pop3Client.connect(options), 'ERR_POP3_COMMAND_REJECTED');
        assert.ok(error instanceof CommandRejectedError);
        assert.equal(error.text, '\x1b[2J\u202e\x07 go away');
        assert.match(error.message, /\\x1b\[2J\\u\{202e\}\\x07 go away/);
      },
    );
  });
});

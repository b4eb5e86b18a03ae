import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Pop3Client } from '../../../src/client/index.ts';
import { rejection } from '../../support/error.ts';
import { against, answering, loggedIn, login } from '../../support/hostile.ts';

suite('DELE or QUIT refused, unanswered', () => {
  const endings: readonly (readonly [name: string, answer: string | undefined, committed: string])[] = [
    ['accepted', '+OK\r\n', 'yes'],
    ['refused', '-ERR some deleted messages not removed\r\n', 'unknown'],
    ['answered by closing', undefined, 'unknown'],
  ];
  for (const [name, answer, committed] of endings) {
    test(`${name}: deletions committed: ${committed}`, async () => {
      await against(
        loggedIn(async (peer) => {
          await peer.expect('DELE 1');
          await peer.send('+OK\r\n');
          await peer.expect('QUIT');
          if (answer !== undefined) await peer.send(answer);
        }),
        async (options) => {
          const client = await login(options);
          await client.dele(1);
          assert.equal(client.deletionsCommitted, 'no');
          await client.quit().catch(() => {});
          assert.equal(client.deletionsCommitted, committed);
        },
      );
    });
  }

  test('QUIT never answered: a timeout, and deletions are unknown', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.expect('DELE 1');
        await peer.send('+OK\r\n');
        await peer.stall();
      }),
      async (options) => {
        const client = await login(options);
        await client.dele(1);
        await rejection(client.quit(), 'ERR_POP3_TIMEOUT');
        assert.equal(client.deletionsCommitted, 'unknown');
      },
    );
  });

  test('DELE refused: nothing is to be committed', async () => {
    await against(
      loggedIn(async (peer) => peer.answer((line) => (line === 'DELE 1' ? '-ERR no\r\n' : '+OK\r\n'))),
      async (options) => {
        const client = await login(options);
        await rejection(client.dele(1), 'ERR_POP3_COMMAND_REJECTED');
        await client.quit();
        assert.equal(client.deletionsCommitted, 'no');
      },
    );
  });

  test('DELE unanswered: nothing is deleted without QUIT', async () => {
    await against(answering('DELE 1', ''), async (options) => {
      const client = await login(options);
      await rejection(client.dele(1), 'ERR_POP3_TIMEOUT');
      assert.equal(client.deletionsCommitted, 'no');
    });
  });
});

suite('CR, LF or NUL in user name, password or any argument', () => {
  for (const octet of ['\r', '\n', '\0', '\r\nDELE 1']) {
    test(`${JSON.stringify(octet)}: refused before anything is sent`, async () => {
      const text = `x${octet}y`;
      const { received } = await against(
        async (peer) => {
          await peer.send('+OK <1@x>\r\n');
          await peer.expect('CAPA');
          await peer.send('+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n');
          await peer.stall();
        },
        async (options) => {
          const client = await Pop3Client.connect(options);
          const unsafe = { allowCleartextPassword: true };
          const refused = [
            client.user(text),
            client.pass(text, unsafe),
            client.apop(text, 'password'),
            client.lang(text),
            client.auth(text, { user: 'a', password: 'b' }),
            client.authenticate({ user: text, password: 'b', mechanisms: ['USER'], ...unsafe }),
          ];
          for (const promise of refused) await assert.rejects(promise);
          client.destroy();
        },
      );
      assert.equal(received, 'CAPA\r\n');
    });
  }
});

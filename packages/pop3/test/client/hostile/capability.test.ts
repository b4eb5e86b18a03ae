import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Pop3Client } from '../../../src/client/index.ts';
import { rejection } from '../../support/error.ts';
import { against, loggedIn, login } from '../../support/hostile.ts';

suite('CAPA refused, endless, huge, unanswered; capabilities that lie', () => {
  test('refused: the login goes on without it', async () => {
    const { received } = await against(
      async (peer) => {
        await peer.send('+OK\r\n');
        await peer.answer((line) => (line === 'CAPA' ? '-ERR what?\r\n' : '+OK\r\n'));
      },
      async (options) => {
        const client = await login(options);
        assert.equal(client.capabilities, undefined);
        await client.quit();
      },
    );
    assert.equal(received, 'CAPA\r\nUSER a\r\nPASS b\r\nQUIT\r\n');
  });

  test('answered by closing: once more without it', async () => {
    const { connections, received } = await against(
      async (peer, count) => {
        await peer.send('+OK\r\n');
        if (count === 1) await peer.expect('CAPA');
        else await peer.answer(() => '+OK\r\n');
      },
      async (options) => {
        const client = await login(options);
        await client.quit();
      },
    );
    assert.equal(connections, 2);
    assert.equal(received, 'CAPA\r\nUSER a\r\nPASS b\r\nQUIT\r\n');
  });

  const endless: readonly (readonly [name: string, lines: string])[] = [
    ['too many lines', 'X\r\n'.repeat(300)],
    ['too many octets', `${'X'.repeat(8000)}\r\n`.repeat(9)],
    ['one line without an end', 'X'.repeat(100_000)],
  ];
  for (const [name, lines] of endless) {
    test(`${name}: bounded`, async () => {
      await against(
        async (peer) => {
          await peer.send(`+OK\r\n`);
          await peer.expect('CAPA');
          await peer.send(`+OK\r\n${lines}`);
          await peer.stall();
        },
        async (options) => {
          await rejection(Pop3Client.connect(options), 'ERR_POP3_LIMIT');
        },
      );
    });
  }

  test('unanswered: a timeout', async () => {
    await against(
      async (peer) => {
        await peer.send('+OK\r\n');
        await peer.stall();
      },
      async (options) => {
        const error = await rejection(Pop3Client.connect(options), 'ERR_POP3_TIMEOUT');
        assert.equal(error.transient, true);
      },
    );
  });

  test('lies about PIPELINING change no result', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.answer((line) =>
          line === 'QUIT' ? '+OK\r\n' : line === 'STAT' ? '+OK 1 2\r\n' : '-ERR\r\n',
        );
      }, 'PIPELINING\r\nUSER\r\n'),
      async (options) => {
        const client = await login(options);
        const [stat, refused] = await Promise.allSettled([client.stat(), client.noop()]);
        assert.deepEqual(stat, { status: 'fulfilled', value: { messages: 1, octets: 2 } });
        assert.equal(refused.status, 'rejected');
        await client.quit();
      },
    );
  });

  test('lies about what there is: each refusal harms only its own command', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.answer((line) =>
          line === 'STAT' || line === 'QUIT' ? '+OK 0 0\r\n' : '-ERR unknown command\r\n',
        );
      }, 'UIDL\r\nTOP\r\nUSER\r\nLANG\r\n'),
      async (options) => {
        const client = await login(options);
        await rejection(client.uidl(), 'ERR_POP3_COMMAND_REJECTED');
        await rejection(client.top(1, 0).bytes(), 'ERR_POP3_COMMAND_REJECTED');
        await rejection(client.lang(), 'ERR_POP3_COMMAND_REJECTED');
        assert.equal((await client.stat()).messages, 0);
        await client.quit();
      },
    );
  });

  test('hides what there is: what is asked for all the same works', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.answer((line) => (line === 'UIDL' ? '+OK\r\n1 x\r\n.\r\n' : '+OK\r\nhead\r\n.\r\n'));
      }, 'USER\r\n'),
      async (options) => {
        const client = await login(options);
        assert.deepEqual((await client.uidl()).entries, [{ messageNumber: 1, uniqueId: 'x' }]);
        assert.equal(Buffer.from(await client.top(1, 0).bytes()).toString(), 'head\r\n');
        client.destroy();
      },
    );
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Pop3Client } from '../../../src/client/index.ts';
import type { ScriptedPeer } from '../../../src/testing/index.ts';
import { rejection } from '../../support/error.ts';
import { against, answering, loggedIn, login } from '../../support/hostile.ts';

suite('message cut by FIN, RST, silence, a drip, or never ending', () => {
  const cuts: readonly (readonly [
    name: string,
    end: (peer: ScriptedPeer) => Promise<void> | void,
    code: string,
  ])[] = [
    ['FIN', () => {}, 'ERR_POP3_CONNECTION_CLOSED'],
    ['RST', (peer) => peer.reset(), 'ERR_POP3_TRANSPORT'],
    ['silence', (peer) => peer.stall(), 'ERR_POP3_TIMEOUT'],
  ];
  for (const [name, end, code] of cuts) {
    test(`a message cut by ${name} is no message`, async () => {
      const half = Promise.withResolvers<void>();
      await against(
        loggedIn(async (peer) => {
          await peer.expect('RETR 1');
          await peer.send('+OK\r\nSubject: x\r\n\r\nhal');
          // The server's socket is reset at once on every platform. But where the client has these octets still to read, Node 22.12 tells it of an
          // end: libuv before 1.52 takes a hang-up with a short read for one, and does not ask the socket again (libuv #4997).
          await half.promise;
          await end(peer);
        }),
        async (options) => {
          const client = await login(options);
          const reading = async (): Promise<void> => {
            for await (const octets of client.retrieve(1)) if (octets.length > 0) half.resolve();
          };
          const error = await rejection(reading(), code);
          assert.equal(error.transient, true);
          assert.equal(error.fatal, true);
          assert.equal(client.deletionsCommitted, 'no');
        },
      );
    });
  }

  test('a drip of an octet now and then is no progress', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.expect('RETR 1');
        await peer.send('+OK\r\n');
        await peer.send('x'.repeat(40), { split: 1 });
        await peer.stall();
      }),
      async (options) => {
        const client = await login(options);
        await rejection(client.retrieve(1).bytes(), 'ERR_POP3_TIMEOUT');
      },
    );
  });

  test('never ending: a size cap gives it up, whatever still comes', async () => {
    await against(
      answering('RETR 1', '+OK\r\n', async (peer) => {
        for (let count = 0; count < 1000; count++) await peer.send(`${'x'.repeat(998)}\r\n`);
        await peer.stall();
      }),
      async (options) => {
        const client = await login(options);
        const error = await rejection(client.retrieve(1).bytes({ maximum: 100_000 }), 'ERR_POP3_LIMIT');
        assert.equal(error.fatal, false);
        client.destroy();
      },
    );
  });

  test('those before it are kept', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.expect('RETR 1');
        await peer.send('+OK\r\none\r\n.\r\n+OK\r\ntw');
      }, 'PIPELINING\r\nUSER\r\n'),
      async (options) => {
        const client = await login(options);
        const [first, second] = [client.retrieve(1).bytes(), client.retrieve(2).bytes()];
        assert.equal(Buffer.from(await first).toString(), 'one\r\n');
        await rejection(second, 'ERR_POP3_CONNECTION_CLOSED');
      },
    );
  });
});

suite('-ERR to one RETR', () => {
  test('-ERR harms only its own message', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.answer((line) =>
          line === 'RETR 2' ? '-ERR [SYS/TEMP] no\r\n' : `+OK\r\n${line}\r\n.\r\n`,
        );
      }, 'PIPELINING\r\nUSER\r\n'),
      async (options) => {
        const client = await login(options);
        const results = await Promise.allSettled([1, 2, 3].map((number) => client.retrieve(number).bytes()));
        assert.deepEqual(
          results.map(({ status }) => status),
          ['fulfilled', 'rejected', 'fulfilled'],
        );
        client.destroy();
      },
    );
  });
});

suite('announced size too big or too small', () => {
  for (const announced of ['3', '99999999', '0', '-1', 'many']) {
    test(`${announced} octets: content ends at its terminator`, async () => {
      await against(
        answering('RETR 1', `+OK ${announced} octets\r\nten octets\r\n.\r\n`),
        async (options) => {
          const client = await login(options);
          assert.equal(Buffer.from(await client.retrieve(1).bytes()).toString(), 'ten octets\r\n');
          client.destroy();
        },
      );
    });
  }
});

suite('extra line between answers; answers reordered; an answer before its command', () => {
  test('a line after the terminator ends the session before the next message gets its name', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.expect('RETR 1');
        await peer.send('+OK\r\none\r\n.\r\nthe lone dot above was content\r\n');
        await peer.stall();
      }),
      async (options) => {
        const client = await login(options);
        const first = client.retrieve(1).bytes();
        const second = client.retrieve(2).bytes();
        await rejection(second, 'ERR_POP3_REMOTE_PROTOCOL');
        await Promise.allSettled([first]);
      },
    );
  });

  test('an answer before its command ends the session', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.send('+OK 1 2\r\n');
        await peer.stall();
      }),
      async (options) => {
        const client = await login(options);
        await rejection(
          new Promise<void>((resolve) => setImmediate(resolve)).then(() => client.stat()),
          'ERR_POP3_REMOTE_PROTOCOL',
        );
      },
    );
  });

  for (const [name, ask] of [
    ['LIST', (client: Pop3Client, number: number) => client.list(number)],
    ['UIDL', (client: Pop3Client, number: number) => client.uidl(number)],
  ] as const) {
    test(`${name}: answers in another order end the session, and nothing gets another's name`, async () => {
      await against(
        loggedIn(async (peer) => {
          await peer.expect(`${name} 1`);
          await peer.send('+OK 2 22\r\n+OK 1 11\r\n');
          await peer.stall();
        }, 'PIPELINING\r\nUSER\r\n'),
        async (options) => {
          const client = await login(options);
          const [first, second] = [ask(client, 1), ask(client, 2)];
          const error = await rejection(first, 'ERR_POP3_REMOTE_PROTOCOL');
          assert.equal(error.fatal, true);
          await rejection(second, 'ERR_POP3_REMOTE_PROTOCOL');
        },
      );
    });
  }

  test('a whole message that nobody asked for', async () => {
    await against(answering('NOOP', '+OK\r\n+OK\r\nFrom: x\r\n\r\n.\r\n'), async (options) => {
      const client = await login(options);
      await client.noop();
      await rejection(client.retrieve(1).bytes(), 'ERR_POP3_REMOTE_PROTOCOL');
    });
  });
});

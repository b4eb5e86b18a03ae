import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Pop3Client } from '../../../src/client/index.ts';
import { rejection } from '../../support/error.ts';
import { against, answering, loggedIn, login } from '../../support/hostile.ts';

suite('numbers negative, 2^64, NaN, hex, float, absent in STAT, LIST, UIDL', () => {
  const malformed = [
    '+OK',
    '+OK -1 5',
    '+OK 18446744073709551616 1',
    '+OK NaN 1',
    '+OK 0x10 1',
    '+OK 1.5 1',
    '+OK one two',
  ];
  for (const answer of malformed) {
    test(`STAT answered with ${answer}: an error, and the session goes on`, async () => {
      await against(
        loggedIn(async (peer) => {
          await peer.expect('STAT');
          await peer.send(`${answer}\r\n`);
          await peer.expect('NOOP');
          await peer.send('+OK\r\n');
          await peer.stall();
        }),
        async (options) => {
          const client = await login(options);
          const error = await rejection(client.stat(), 'ERR_POP3_REMOTE_PROTOCOL');
          assert.equal(error.fatal, false);
          await client.noop();
          client.destroy();
        },
      );
    });
  }

  test('a malformed line is reported with its number, and the rest still works', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.expect('LIST');
        await peer.send('+OK\r\n1 120\r\ngarbage\x1b[2J\r\n3 99999999999999999999\r\n4 7\r\n.\r\n');
        await peer.stall();
      }),
      async (options) => {
        const client = await login(options);
        assert.deepEqual(await client.list(), {
          entries: [
            { messageNumber: 1, octets: 120 },
            { messageNumber: 4, octets: 7 },
          ],
          malformed: [
            { lineNumber: 2, excerpt: 'garbage\\x1b[2J' },
            { lineNumber: 3, excerpt: '3 99999999999999999999' },
          ],
          malformedLines: 2,
        });
        client.destroy();
      },
    );
  });

  const answers: readonly (readonly [
    command: string,
    answer: string,
    ask: (client: Pop3Client) => Promise<unknown>,
  ])[] = [
    ['LIST 1', '+OK 1 -5', (client) => client.list(1)],
    ['LIST 1', '+OK 1', (client) => client.list(1)],
    ['LIST 1', '+OK', (client) => client.list(1)],
    ['LIST 1', '+OK 1 18446744073709551616', (client) => client.list(1)],
    ['LIST 1', '+OK 0x1 5', (client) => client.list(1)],
    ['UIDL 1', '+OK', (client) => client.uidl(1)],
    ['UIDL 1', '+OK ', (client) => client.uidl(1)],
  ];
  for (const [command, answer, ask] of answers) {
    test(`${command} answered with ${answer}: an error, and the session goes on`, async () => {
      await against(
        answering(command, `${answer}\r\n`, async (peer) => {
          await peer.expect('NOOP');
          await peer.send('+OK\r\n');
          await peer.stall();
        }),
        async (options) => {
          const client = await login(options);
          const error = await rejection(ask(client), 'ERR_POP3_REMOTE_PROTOCOL');
          assert.equal(error.fatal, false);
          await client.noop();
          client.destroy();
        },
      );
    });
  }

  test('UIDL: malformed lines are reported, the others are there', async () => {
    await against(
      answering('UIDL', '+OK\r\n1 a\r\n-2 b\r\n3\r\n4.0 d\r\n0 e\r\n5 f\r\n.\r\n'),
      async (options) => {
        const client = await login(options);
        const { entries, malformed } = await client.uidl();
        assert.deepEqual(
          entries.map(({ messageNumber }) => messageNumber),
          [1, 5],
        );
        assert.deepEqual(
          malformed.map(({ lineNumber }) => lineNumber),
          [2, 3, 4, 5],
        );
        client.destroy();
      },
    );
  });
});

suite('LIST and UIDL of malformed lines only', () => {
  for (const ask of [(client: Pop3Client) => client.list(), (client: Pop3Client) => client.uidl()]) {
    test('all are counted, and no more are held than anybody reads', async () => {
      const script = loggedIn((peer) => peer.answer(() => `+OK\r\n${'no line\r\n'.repeat(5000)}.\r\n`));
      await against(script, async (options) => {
        const client = await login(options);
        const { malformed, malformedLines } = await ask(client);
        assert.equal(malformedLines, 5000);
        assert.deepEqual(
          malformed.map(({ lineNumber }) => lineNumber),
          Array.from({ length: 1000 }, (_, index) => index + 1),
        );
        client.destroy();
      });
    });
  }
});

suite('unique-ids like ../../etc/x, __proto__, $(id), with controls, 5000 long', () => {
  test('unique-ids are data, whatever they look like', async () => {
    const ids = ['../../etc/passwd', '__proto__', '$(id)', 'a b', 'x'.repeat(5000), '\x07'];
    await against(
      loggedIn(async (peer) => {
        await peer.expect('UIDL');
        await peer.send(`+OK\r\n${ids.map((id, index) => `${index + 1} ${id}\r\n`).join('')}.\r\n`);
        await peer.stall();
      }),
      async (options) => {
        const client = await login(options);
        const { entries } = await client.uidl();
        assert.deepEqual(
          entries.map(({ uniqueId }) => uniqueId),
          ids,
        );
        client.destroy();
      },
    );
  });
});

suite('LIST and UIDL that contradict, repeat, never end', () => {
  test('what they say is handed on as it is: nothing is skipped silently', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.answer((line) =>
          line === 'LIST' ? '+OK\r\n1 10\r\n2 20\r\n.\r\n' : '+OK\r\n2 a\r\n2 a\r\n9 b\r\n.\r\n',
        );
      }),
      async (options) => {
        const client = await login(options);
        const [{ entries: scan }, { entries: unique }] = [await client.list(), await client.uidl()];
        assert.deepEqual(
          scan.map(({ messageNumber }) => messageNumber),
          [1, 2],
        );
        assert.deepEqual(unique, [
          { messageNumber: 2, uniqueId: 'a' },
          { messageNumber: 2, uniqueId: 'a' },
          { messageNumber: 9, uniqueId: 'b' },
        ]);
        client.destroy();
      },
    );
  });

  for (const [command, line, ask] of [
    ['LIST', '1 1', (client: Pop3Client) => client.list()],
    ['UIDL', '1 x', (client: Pop3Client) => client.uidl()],
  ] as const) {
    test(`${command} that never ends: bounded by its lines`, async () => {
      await against(answering(command, `+OK\r\n${`${line}\r\n`.repeat(200)}`), async (options) => {
        const client = await login({ ...options, limits: { listingLines: 100 } });
        await rejection(ask(client), 'ERR_POP3_LIMIT');
      });
    });

    test(`${command} with a line that never ends: bounded by its octets`, async () => {
      await against(answering(command, `+OK\r\n${line}${'1'.repeat(20_000)}`), async (options) => {
        const client = await login(options);
        await rejection(ask(client), 'ERR_POP3_LIMIT');
      });
    });
  }
});

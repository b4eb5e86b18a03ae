import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ConnectOptions, Pop3Client } from '../../src/client/index.ts';
import { type Script, type ScriptedPeer, startScriptedServer } from '../../src/testing/index.ts';
import { rejection } from '../support/error.ts';

const timeouts = { connect: 2000, tls: 300, greeting: 150, command: 150, pass: 150, idle: 150, quit: 150 };

/** Lets a client loose on a script and gives what the server saw. */
async function against(
  script: Script,
  run: (options: ConnectOptions) => Promise<void>,
): Promise<{ received: string; connections: number }> {
  const server = await startScriptedServer(script);
  try {
    await run({ host: server.host, port: server.port, security: 'none', timeouts });
    assert.deepEqual(server.failures, []);
    return { received: server.received, connections: server.connections };
  } finally {
    await server.close();
  }
}

/** Greets, answers CAPA and a login, then leaves the rest to `then`. */
function loggedIn(
  then: (peer: ScriptedPeer) => Promise<void>,
  capabilities = 'UIDL\r\nTOP\r\nUSER\r\n',
): Script {
  return async (peer) => {
    await peer.send('+OK ready\r\n');
    await peer.expect('CAPA');
    await peer.send(`+OK\r\n${capabilities}.\r\n`);
    await peer.expect('USER a');
    await peer.send('+OK\r\n');
    await peer.expect('PASS b');
    await peer.send('+OK\r\n');
    await peer.expect('CAPA');
    await peer.send(`+OK\r\n${capabilities}.\r\n`);
    await then(peer);
  };
}

async function login(options: ConnectOptions): Promise<Pop3Client> {
  const client = await Pop3Client.connect(options);
  await client.authenticate({ user: 'a', password: 'b', allowCleartextPassword: true });
  return client;
}

suite('a greeting that is none', () => {
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

  const silent: readonly (readonly [name: string, script: Script, code: string])[] = [
    ['none at all', (peer) => peer.stall(), 'ERR_POP3_TIMEOUT'],
    ['half of one', async (peer) => peer.send('+OK rea').then(() => peer.stall()), 'ERR_POP3_TIMEOUT'],
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

suite('CAPA', () => {
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
});

suite('listings', () => {
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
        });
        client.destroy();
      },
    );
  });

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

  test('an endless listing is bounded', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.expect('LIST');
        await peer.send(`+OK\r\n${'1 1\r\n'.repeat(200)}`);
        await peer.stall();
      }),
      async (options) => {
        const client = await login({ ...options, limits: { listingLines: 100 } });
        await rejection(client.list(), 'ERR_POP3_LIMIT');
      },
    );
  });
});

suite('RETR', () => {
  const cuts: readonly (readonly [
    name: string,
    end: (peer: ScriptedPeer) => Promise<void> | void,
    code: string,
  ])[] = [
    ['FIN', () => {}, 'ERR_POP3_CONNECTION_CLOSED'],
    ['silence', (peer) => peer.stall(), 'ERR_POP3_TIMEOUT'],
  ];
  for (const [name, end, code] of cuts) {
    test(`a message cut by ${name} is no message`, async () => {
      await against(
        loggedIn(async (peer) => {
          await peer.expect('RETR 1');
          await peer.send('+OK\r\nSubject: x\r\n\r\nhal');
          await end(peer);
        }),
        async (options) => {
          const client = await login(options);
          const error = await rejection(client.retrieve(1).bytes(), code);
          assert.equal(error.transient, true);
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

  test('the announced octets decide nothing: content ends at its terminator', async () => {
    await against(
      loggedIn(async (peer) => {
        await peer.answer((line) =>
          line === 'RETR 1' ? '+OK 3 octets\r\nlonger than three\r\n.\r\n' : undefined,
        );
      }),
      async (options) => {
        const client = await login(options);
        const octets = await client.retrieve(1).bytes();
        assert.equal(Buffer.from(octets).toString(), 'longer than three\r\n');
        client.destroy();
      },
    );
  });

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
});

suite('QUIT', () => {
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
});

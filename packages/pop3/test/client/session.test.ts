import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type ConnectOptions, isPop3Error, Pop3Client } from '../../src/client/index.ts';
import { MemoryMaildrop, Pop3Server } from '../../src/server/index.ts';
import { startScriptedServer } from '../../src/testing/index.ts';
import { makeAuthority } from '../support/authority.ts';
import { rejection } from '../support/error.ts';

const megabyte = Buffer.alloc(1_000_000, 'a line of a large message\r\n');

/** Runs with a server over a maildrop, and the options to reach it. */
async function served(
  messages: readonly (string | Uint8Array)[],
  run: (options: ConnectOptions, maildrop: MemoryMaildrop) => Promise<void>,
): Promise<void> {
  const maildrop = new MemoryMaildrop(messages);
  const server = new Pop3Server({ users: { a: 'b' }, maildrop: () => maildrop });
  try {
    const { port } = await server.listen();
    await run({ host: '127.0.0.1', port, security: 'none' }, maildrop);
  } finally {
    await server.close();
  }
}

async function login(options: ConnectOptions): Promise<Pop3Client> {
  const client = await Pop3Client.connect(options);
  await client.authenticate({ user: 'a', password: 'b' });
  return client;
}

suite('commands that are not waited for', () => {
  for (const pipelining of [true, false]) {
    test(`thousands at once, pipelining ${pipelining ? 'on' : 'off'}: each has its own result`, () =>
      served(['one', 'two'], async (options) => {
        const client = await login({ ...options, pipelining });
        const numbers = Array.from({ length: 3000 }, (_, index) => (index % 3) + 1);
        const results = await Promise.allSettled(numbers.map((number) => client.list(number)));
        for (const [index, result] of results.entries()) {
          const number = numbers[index];
          if (number === 3) assert.equal(result.status, 'rejected');
          else assert.ok(result.status === 'fulfilled' && result.value.messageNumber === number);
        }
        await client.quit();
      }));
  }

  test('no more than the window are on their way, and the others wait', async () => {
    let most = 0;
    let unanswered = 0;
    const server = await startScriptedServer(async (peer) => {
      await peer.send('+OK\r\n');
      await peer.expect('CAPA');
      await peer.send('+OK\r\nPIPELINING\r\n.\r\n');
      const reading = peer.answer(() => {
        most = Math.max(most, ++unanswered);
        return '';
      });
      for (let answered = 0; answered < 2000; ) {
        await new Promise((resolve) => setImmediate(resolve));
        for (; unanswered > 0; unanswered--, answered++) {
          await peer.send('+OK\r\n');
          // Whatever else the client would send now comes first.
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      await reading;
    });
    try {
      const client = await Pop3Client.connect({ host: server.host, port: server.port, security: 'none' });
      await Promise.all(
        Array.from({ length: 2000 }, (_, index) => client.user(`user${index}`.padEnd(40, 'x'))),
      );
      assert.deepEqual(server.failures, []);
      assert.ok(most > 10, `${most} at most`);
      // 16 KB of commands that have 47 octets, and one more where they were fewer.
      assert.ok(most <= 16_384 / 47 + 1, `${most} at most`);
      client.destroy();
    } finally {
      await server.close();
    }
  });

  test('behind STLS they wait for the handshake', async () => {
    const authority = await makeAuthority();
    const good = await authority.issue({ names: ['localhost'] });
    const server = new Pop3Server({ users: {}, maildrop: () => new MemoryMaildrop(), tls: good });
    try {
      const { port } = await server.listen({ security: 'starttls' });
      const client = await Pop3Client.connect({
        host: 'localhost',
        port,
        security: 'none',
        tls: { ca: authority.cert },
        // Asked for when STLS was accepted, and the handshake has not been done.
        trace: ({ text }) => {
          if (text.includes('TLS handshake')) asked = client.lang();
        },
      });
      let asked: Promise<readonly unknown[]> | undefined;
      await client.stls();
      const languages = (await asked) ?? [];
      assert.notEqual(client.tls, undefined);
      assert.ok(languages.length > 0);
      client.destroy();
    } finally {
      await server.close();
    }
  });

  for (const pipelining of [true, false]) {
    test(`where the session ends at one of them, pipelining ${pipelining ? 'on' : 'off'}: they fail in their order`, async () => {
      const server = await startScriptedServer(async (peer) => {
        await peer.send('+OK ready\r\n');
        for (let line = await peer.line(); !line.startsWith('RETR'); line = await peer.line()) {
          await peer.send(line === 'CAPA' ? '+OK\r\nUSER\r\nPIPELINING\r\n.\r\n' : '+OK\r\n');
        }
      });
      try {
        const { host, port } = server;
        const client = await Pop3Client.connect({ host, port, security: 'none', pipelining });
        await client.authenticate({ user: 'a', password: 'b', allowCleartextPassword: true });
        const failed: number[] = [];
        const numbers = [1, 2, 3, 4];
        const all = numbers.map((number) =>
          client.retrieveInto(number, { write: () => {} }).catch(() => failed.push(number)),
        );
        await Promise.all(all);
        assert.deepEqual(failed, numbers);
      } finally {
        await server.close();
      }
    });
  }

  test('behind QUIT they are refused, and nothing is sent', () =>
    served([], async (options) => {
      const client = await login(options);
      const quit = client.quit();
      await rejection(client.stat(), 'ERR_POP3_LOCAL_PROTOCOL');
      await quit;
      await rejection(client.noop(), 'ERR_POP3_CONNECTION_CLOSED');
    }));
});

suite('a reader that does not read', () => {
  test('ends the session after its deadline, so that nothing behind it waits for ever', () =>
    served([megabyte, 'two'], async (options) => {
      const client = await login({ ...options, timeouts: { reader: 100 } });
      const [forgotten, second] = [client.retrieve(1), client.retrieve(2)];
      const error = await rejection(second.bytes(), 'ERR_POP3_TIMEOUT');
      assert.match(String(error.hint), /in the order/);
      await rejection(forgotten.bytes(), 'ERR_POP3_TIMEOUT');
    }));

  test('harms nobody once it discards what it does not want', () =>
    served([megabyte, 'two\n'], async (options) => {
      const client = await login(options);
      const [unwanted, second] = [client.retrieve(1), client.retrieve(2)];
      unwanted.discard();
      assert.equal(Buffer.from(await second.bytes()).toString(), 'two\r\n');
      await client.quit();
    }));

  test('a small message may be read later than the next one', () =>
    served(['one\n', 'two\n'], async (options) => {
      const client = await login(options);
      const [first, second] = [client.retrieve(1), client.retrieve(2)];
      assert.equal(Buffer.from(await second.bytes()).toString(), 'two\r\n');
      assert.equal(Buffer.from(await first.bytes()).toString(), 'one\r\n');
      await client.quit();
    }));

  test('a command queued meanwhile does not put the server under a deadline', () =>
    served([megabyte], async (options) => {
      const client = await login({ ...options, timeouts: { idle: 400, command: 400 } });
      let first = true;
      const sink = {
        write: async (): Promise<void> => {
          if (!first) return;
          first = false;
          stat = client.stat();
          await new Promise((resolve) => setTimeout(resolve, 800));
        },
      };
      let stat: Promise<{ messages: number }> | undefined;
      await client.retrieveInto(1, sink);
      assert.equal((await stat)?.messages, 1);
      await client.quit();
    }));

  test('does not keep the session from ending', () =>
    served([megabyte], async (options) => {
      const client = await login(options);
      let into: Promise<void> = Promise.resolve();
      await new Promise<void>((resolve) => {
        into = client.retrieveInto(1, {
          write: () => {
            resolve();
            return new Promise(() => {});
          },
        });
      });
      await client[Symbol.asyncDispose]();
      await rejection(into, 'ERR_POP3_CONNECTION_CLOSED');
    }));

  test('and ends the session himself: it is over', () =>
    served([megabyte], async (options) => {
      const client = await login(options);
      const into = client.retrieveInto(1, {
        write: () => {
          client.destroy();
          return new Promise(() => {});
        },
      });
      await rejection(into, 'ERR_POP3_CONNECTION_CLOSED');
      await client[Symbol.asyncDispose]();
    }));
});

suite('memory', () => {
  test('is flat however long a message is: the server is held back as soon as the reader is', async () => {
    const total = 256 * 1024 * 1024;
    // The stream and the socket hold 256 KB each, the operating system's buffers on both sides a few MB.
    const mostAhead = 24 * 1024 * 1024;
    const line = Buffer.alloc(65_536, 'x');
    line.write('\r\n', line.length - 2);
    let sent = 0;
    const message = {
      octets: total,
      uniqueId: 'large',
      *read() {
        for (sent = 0; sent < total; sent += line.length) yield line;
      },
    };
    const maildrop = {
      open: async () => ({ messages: [message], remove: async () => {}, close: async () => {} }),
    };
    const server = new Pop3Server({ users: { a: 'b' }, maildrop: () => maildrop });
    try {
      const { port } = await server.listen();
      const client = await login({ host: '127.0.0.1', port, security: 'none' });
      let octets = 0;
      let ahead = 0;
      for await (const piece of client.retrieve(1)) {
        octets += piece.length;
        // Every turn that it is given, the server sends what it can.
        if (octets < total / 4) await new Promise((resolve) => setImmediate(resolve));
        ahead = Math.max(ahead, sent - octets);
      }
      assert.equal(octets, total);
      assert.ok(ahead < mostAhead, `the server was ${ahead} octets ahead`);
      await client.quit();
    } finally {
      await server.close();
    }
  });
});

suite('leaving', () => {
  test('without QUIT deletes nothing', () =>
    served(['one'], async (options, maildrop) => {
      const client = await login(options);
      await client.dele(1);
      await client[Symbol.asyncDispose]();
      assert.equal(client.deletionsCommitted, 'no');
      await rejection(client.quit(), 'ERR_POP3_CONNECTION_CLOSED');
      assert.equal(maildrop.messages.length, 1);
    }));

  test('with QUIT deletes, and disposing afterwards is fine', () =>
    served(['one'], async (options, maildrop) => {
      const client = await login(options);
      await client.dele(1);
      await client.quit();
      await client[Symbol.asyncDispose]();
      assert.equal(client.deletionsCommitted, 'yes');
      assert.equal(maildrop.messages.length, 0);
    }));
});

suite('aborting', () => {
  test('a command in flight ends the session with the reason, and nothing is deleted', () =>
    served([megabyte, 'two'], async (options, maildrop) => {
      const client = await login(options);
      const controller = new AbortController();
      await client.dele(2);
      const reason = new Error('enough');
      const pieces: Uint8Array[] = [];
      const reading = (async () => {
        for await (const piece of client.retrieve(1, { signal: controller.signal })) {
          pieces.push(piece);
          controller.abort(reason);
        }
      })();
      await assert.rejects(reading, reason);
      await assert.rejects(client.quit(), reason);
      assert.equal(maildrop.messages.length, 2);
    }));

  test('a command that may be aborted takes challenges, lines and content as any other', () =>
    served([megabyte, 'two\n'], async (options) => {
      const { signal } = new AbortController();
      const client = await Pop3Client.connect(options);
      const { mechanism } = await client.authenticate({ user: 'a', password: 'b', signal });
      assert.match(mechanism, /^SCRAM-/);
      assert.equal((await client.list({ signal })).entries.length, 2);
      let pending = 0;
      let octets = 0;
      const write = async (piece: Uint8Array): Promise<void> => {
        assert.equal(pending++, 0, 'it is written to while it is busy');
        octets += piece.length;
        await new Promise((resolve) => setImmediate(resolve));
        pending--;
      };
      await client.retrieveInto(1, { write }, { signal });
      // It does not end with a line end; on the line it does.
      assert.equal(octets, megabyte.length + 2);
      await client.quit();
    }));

  test('a command that waits in the queue is taken back, and the others go on', () =>
    served([megabyte, 'two\n'], async (options) => {
      const client = await login({ ...options, pipelining: false });
      const controller = new AbortController();
      const first = client.retrieve(1);
      await first[Symbol.asyncIterator]().next();
      const withdrawn = client.stat({ signal: controller.signal });
      const after = client.list(2);
      controller.abort(new Error('not any more'));
      await assert.rejects(withdrawn, { message: 'not any more' });
      first.discard();
      assert.equal((await after).messageNumber, 2);
      // A signal that is aborted afterwards changes nothing.
      const late = new AbortController();
      await client.noop({ signal: late.signal });
      late.abort();
      await client.quit();
    }));

  test('while connecting: rejects with the reason', async () => {
    const controller = new AbortController();
    const server = await startScriptedServer(async (peer) => {
      controller.abort(new Error('never mind'));
      await peer.stall();
    });
    try {
      const options = {
        host: server.host,
        port: server.port,
        security: 'none',
        signal: controller.signal,
      } as const;
      await assert.rejects(Pop3Client.connect(options), { message: 'never mind' });
    } finally {
      await server.close();
    }
  });
});

test('errors say whether the session survives, and whether a later try may help', () =>
  served(['one'], async (options) => {
    const client = await login(options);
    const seen = async (promise: Promise<unknown>): Promise<string> => {
      const error: unknown = await promise.catch((reason: unknown) => reason);
      assert.ok(isPop3Error(error));
      return `${error.code}${error.fatal ? ', fatal' : ''}${error.transient ? ', transient' : ''}`;
    };
    assert.equal(await seen(client.retrieve(7).bytes()), 'ERR_POP3_COMMAND_REJECTED');
    assert.equal(await seen(client.user('a')), 'ERR_POP3_LOCAL_PROTOCOL');
    assert.equal(await seen(client.dele(0)), 'ERR_POP3_LOCAL_PROTOCOL');
    assert.equal((await client.stat()).messages, 1);
    client.destroy();
    assert.equal(await seen(client.stat()), 'ERR_POP3_CONNECTION_CLOSED, fatal, transient');
  }));

test('a trace that throws harms no session, and keeps none from ending', () =>
  served(['one'], async (options, maildrop) => {
    let told = 0;
    const client = await login({
      ...options,
      trace: () => {
        told++;
        throw new Error('the disk is full');
      },
    });
    await client.dele(1);
    await client.quit();
    assert.equal(maildrop.messages.length, 0);
    assert.ok(told > 0);
  }));

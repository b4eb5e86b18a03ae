import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { type ConnectOptions, Pop3Client } from '../../src/client/index.ts';
import { MemoryMaildrop, Pop3Server } from '../../src/server/index.ts';
import { startScriptedServer } from '../../src/testing/index.ts';
import { makeAuthority } from '../support/authority.ts';
import { rejection } from '../support/error.ts';

const messages = ['Subject: one\n\nfirst\nsecond\n', 'Subject: two\n\n.dot\n'];

suite('each command has its method', () => {
  let server: Pop3Server;
  let options: ConnectOptions;
  let maildrop: MemoryMaildrop;
  before(async () => {
    const authority = await makeAuthority();
    server = new Pop3Server({
      users: { ann: 'two words' },
      maildrop: () => maildrop,
      tls: await authority.issue(),
      failureDelay: 0,
    });
    const { port } = await server.listen({ security: 'starttls' });
    options = { host: 'localhost', port, security: 'starttls', tls: { ca: authority.cert } };
  });
  after(() => server.close());

  async function connected(run: (client: Pop3Client) => Promise<void>): Promise<void> {
    maildrop = new MemoryMaildrop(messages);
    const client = await Pop3Client.connect(options);
    try {
      await run(client);
    } finally {
      await client[Symbol.asyncDispose]();
    }
  }

  const loggedIn = (run: (client: Pop3Client) => Promise<void>): Promise<void> =>
    connected(async (client) => {
      await client.user('ann');
      assert.equal(await client.pass('two words'), '2 messages');
      await run(client);
    });

  const text = (octets: Uint8Array): string => Buffer.from(octets).toString();

  test('USER and PASS', () => loggedIn(async (client) => assert.equal(client.state, 'TRANSACTION')));

  test('USER and PASS, refused', () =>
    connected(async (client) => {
      await client.user('ann');
      const error = await rejection(client.pass('wrong'), 'ERR_POP3_COMMAND_REJECTED');
      assert.equal(error.command, 'PASS [secret]');
      assert.equal(client.state, 'AUTHORIZATION');
    }));

  test('APOP', () =>
    connected(async (client) => {
      assert.match(String(client.greeting.timestamp), /^<.+@.+>$/);
      assert.equal(await client.apop('ann', 'two words'), '2 messages');
    }));

  for (const mechanism of ['PLAIN', 'login', 'CRAM-MD5', 'SCRAM-SHA-256']) {
    test(`AUTH ${mechanism}`, () =>
      connected(async (client) => {
        assert.equal(await client.auth(mechanism, { user: 'ann', password: 'two words' }), '2 messages');
      }));
  }

  test('AUTH, refused', () =>
    connected(async (client) => {
      const error = await rejection(
        client.auth('PLAIN', { user: 'ann', password: 'wrong' }),
        'ERR_POP3_AUTHENTICATION_REJECTED',
      );
      assert.equal(error.fatal, false);
    }));

  test('AUTH with a mechanism that nobody knows', () =>
    connected(async (client) => {
      await rejection(client.auth('X-MINE', { user: 'ann' }), 'ERR_POP3_LOCAL_PROTOCOL');
    }));

  test('STAT', () =>
    loggedIn(async (client) => assert.deepEqual(await client.stat(), { messages: 2, octets: 53 })));

  test('LIST', () =>
    loggedIn(async (client) => {
      assert.deepEqual((await client.list()).entries, [
        { messageNumber: 1, octets: 31 },
        { messageNumber: 2, octets: 22 },
      ]);
      assert.deepEqual(await client.list(2), { messageNumber: 2, octets: 22 });
      const error = await rejection(client.list(3), 'ERR_POP3_COMMAND_REJECTED');
      assert.match(error.message, /^the server refused LIST 3 and said: no such message$/);
    }));

  test('UIDL', () =>
    loggedIn(async (client) => {
      assert.deepEqual(
        (await client.uidl()).entries.map(({ uniqueId }) => uniqueId),
        ['memory-1', 'memory-2'],
      );
      assert.deepEqual(await client.uidl(1), { messageNumber: 1, uniqueId: 'memory-1' });
      await rejection(client.uidl(3), 'ERR_POP3_COMMAND_REJECTED');
    }));

  test('LIST and UIDL, entry by entry', () =>
    loggedIn(async (client) => {
      const octets: number[] = [];
      const uniqueIds: string[] = [];
      const [scan, names] = await Promise.all([
        client.list({ onEntry: (one) => void octets.push(one.octets) }),
        client.uidl({ onEntry: (one) => void uniqueIds.push(one.uniqueId) }),
      ]);
      assert.deepEqual(
        [octets, uniqueIds],
        [
          [31, 22],
          ['memory-1', 'memory-2'],
        ],
      );
      for (const listing of [scan, names])
        assert.deepEqual(listing, { entries: [], malformed: [], malformedLines: 0 });
    }));

  test('who does not take an entry gets the session ended, with its own error', () =>
    loggedIn(async (client) => {
      const mine = new Error('no room');
      const list = client.list({
        onEntry: () => {
          throw mine;
        },
      });
      await assert.rejects(list, mine);
      await assert.rejects(client.stat(), mine);
    }));

  test('RETR', () =>
    loggedIn(async (client) => {
      assert.equal(text(await client.retrieve(2).bytes()), 'Subject: two\r\n\r\n.dot\r\n');
      await rejection(client.retrieve(3).bytes(), 'ERR_POP3_COMMAND_REJECTED');
    }));

  test('TOP', () =>
    loggedIn(async (client) => {
      assert.equal(text(await client.top(1, 0).bytes()), 'Subject: one\r\n\r\n');
      assert.equal(text(await client.top(1, 1).bytes()), 'Subject: one\r\n\r\nfirst\r\n');
      await rejection(client.top(3, 0).bytes(), 'ERR_POP3_COMMAND_REJECTED');
    }));

  test('DELE, RSET and QUIT', () =>
    loggedIn(async (client) => {
      await client.dele(1);
      await rejection(client.dele(1), 'ERR_POP3_COMMAND_REJECTED');
      assert.equal((await client.stat()).messages, 1);
      await client.rset();
      assert.equal((await client.stat()).messages, 2);
      await client.dele(2);
      assert.match(await client.quit(), /1 messages removed/);
      assert.equal(client.deletionsCommitted, 'yes');
      assert.equal(maildrop.messages.length, 1);
    }));

  test('NOOP', () => loggedIn(async (client) => assert.equal(await client.noop(), undefined)));

  test('CAPA, which tells another thing after the login', () =>
    connected(async (client) => {
      assert.equal((await client.capa())?.has('USER'), true);
      await client.apop('ann', 'two words');
      assert.equal((await client.capa())?.has('USER'), false);
      assert.equal(client.capabilities?.has('UIDL'), true);
    }));

  test('STLS, which cannot be had twice', () =>
    connected(async (client) => {
      assert.equal(client.tls?.version, 'TLSv1.3');
      await rejection(client.stls(), 'ERR_POP3_COMMAND_REJECTED');
    }));

  test('UTF8', () => connected(async (client) => assert.equal(await client.utf8(), undefined)));

  test('LANG', () =>
    connected(async (client) => {
      const languages = await client.lang();
      assert.deepEqual(languages[0], { tag: 'en', description: 'English' });
      assert.match(await client.lang('en'), /^en English/);
      await rejection(client.lang('tlh'), 'ERR_POP3_COMMAND_REJECTED');
    }));

  test('numbers that are none are refused before anything is sent', () =>
    loggedIn(async (client) => {
      for (const number of [0, -1, 1.5, Number.NaN, 2 ** 60]) {
        await rejection(client.list(number), 'ERR_POP3_LOCAL_PROTOCOL');
        await rejection(client.dele(number), 'ERR_POP3_LOCAL_PROTOCOL');
        await rejection(client.retrieve(number).bytes(), 'ERR_POP3_LOCAL_PROTOCOL');
      }
      await rejection(client.top(1, -1).bytes(), 'ERR_POP3_LOCAL_PROTOCOL');
      assert.equal((await client.stat()).messages, 2);
    }));
});

suite('connecting', () => {
  for (const [name, options] of [
    ['no host', { host: '' }],
    ['a host with spaces', { host: 'a b' }],
    ['a host with a line break', { host: 'a\r\nb' }],
    ['a URL', { host: 'pop3://mail.example' }],
    ['port 0', { host: 'h', port: 0 }],
    ['port 65536', { host: 'h', port: 65_536 }],
    ['half a port', { host: 'h', port: 1.5 }],
  ] as const) {
    test(`to ${name}: refused at once`, async () => {
      await rejection(Pop3Client.connect(options), 'ERR_POP3_LOCAL_PROTOCOL');
    });
  }

  test('without CAPA, where it is not wanted', async () => {
    const server = await startScriptedServer(async (peer) => {
      await peer.send('+OK\r\n');
      await peer.answer(() => '+OK\r\n');
    });
    try {
      const { host, port } = server;
      const client = await Pop3Client.connect({ host, port, security: 'none', capabilities: false });
      assert.equal(client.capabilities, undefined);
      await client.quit();
      assert.equal(server.received, 'QUIT\r\n');
    } finally {
      await server.close();
    }
  });

  test('over a stream that a hook opens', async () => {
    const { connect } = await import('node:net');
    const server = await startScriptedServer(async (peer) => {
      await peer.send('+OK\r\n');
      await peer.answer(() => '-ERR\r\n');
    });
    try {
      const asked: unknown[] = [];
      const client = await Pop3Client.connect({
        host: 'far.example',
        security: 'none',
        connect: async (endpoint) => {
          asked.push(endpoint);
          return connect(server.port, server.host);
        },
      });
      assert.deepEqual(asked, [{ host: 'far.example', port: 110 }]);
      assert.deepEqual(client.endpoint, { host: 'far.example', port: 110 });
      client.destroy();
    } finally {
      await server.close();
    }
  });

  test('through a hook that fails or never answers', async () => {
    const options = { host: 'far.example', security: 'none', timeouts: { connect: 50 } } as const;
    const failed = await rejection(
      Pop3Client.connect({ ...options, connect: () => Promise.reject(new Error('no route')) }),
      'ERR_POP3_TRANSPORT',
    );
    assert.match(failed.message, /through the proxy: no route/);
    await rejection(
      Pop3Client.connect({ ...options, connect: () => new Promise(() => {}) }),
      'ERR_POP3_TIMEOUT',
    );
  });
});

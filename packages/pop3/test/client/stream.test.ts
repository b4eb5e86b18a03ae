import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Pop3Client } from '../../src/client/index.ts';
import { MemoryMaildrop, Pop3Server } from '../../src/server/index.ts';

const large = Buffer.alloc(3_000_000, 'line of a large message\r\n');

/** Runs with a client that has logged in to a maildrop of three messages, the second of them large. */
async function loggedIn(run: (client: Pop3Client, maildrop: MemoryMaildrop) => Promise<void>): Promise<void> {
  const maildrop = new MemoryMaildrop(['Subject: one\n\none\n', large, 'Subject: three\n\nthree\n']);
  const server = new Pop3Server({ users: { a: 'b' }, maildrop: () => maildrop });
  try {
    const { port } = await server.listen();
    const client = await Pop3Client.connect({ host: '127.0.0.1', port, security: 'none' });
    await client.authenticate({ user: 'a', password: 'b' });
    await run(client, maildrop);
    client.destroy();
  } finally {
    await server.close();
  }
}

const text = (octets: Uint8Array): string => Buffer.from(octets).toString();

suite('a message stream', () => {
  test('is an async iterable, a web stream, or octets', () =>
    loggedIn(async (client) => {
      const pieces: Uint8Array[] = [];
      for await (const piece of client.retrieve(1)) pieces.push(piece);
      const web = new Uint8Array(await new Response(client.retrieve(1).readable).arrayBuffer());
      assert.equal(text(Buffer.concat(pieces)), 'Subject: one\r\n\r\none\r\n');
      assert.equal(text(web), 'Subject: one\r\n\r\none\r\n');
      assert.ok(Buffer.from(await client.retrieve(2).bytes()).equals(large));
    }));

  test('left early: the rest is passed over, and the next message is the right one', () =>
    loggedIn(async (client) => {
      const [, second, third] = [1, 2, 3].map((number) => client.retrieve(number));
      assert.ok(second && third);
      for await (const _ of second) break;
      assert.equal(text(await third.bytes()), 'Subject: three\r\n\r\nthree\r\n');
      await client.quit();
    }));

  test('a maximum that is no number is not taken for none, one that is undefined is', () =>
    loggedIn(async (client) => {
      const { length } = await client.retrieve(2).bytes({ maximum: undefined });
      assert.ok(length > 1000);
      await assert.rejects(client.retrieve(2).bytes({ maximum: Number.NaN }), { code: 'ERR_POP3_LIMIT' });
    }));

  test('longer than the maximum: an error that leaves the session usable', () =>
    loggedIn(async (client) => {
      await assert.rejects(client.retrieve(2).bytes({ maximum: 1000 }), {
        code: 'ERR_POP3_LIMIT',
        fatal: false,
      });
      assert.deepEqual((await client.stat()).messages, 3);
    }));

  test('not read: the connection waits, and holds little', () =>
    loggedIn(async (client) => {
      const slow = client.retrieve(2);
      const iterator = slow[Symbol.asyncIterator]();
      await iterator.next();
      let answered = false;
      const stat = client.stat().then(() => {
        answered = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(answered, false);
      await iterator.return(undefined);
      await stat;
    }));

  test('into a sink that fails: that message is lost to the caller, the session is not', () =>
    loggedIn(async (client) => {
      const failure = new Error('disk full');
      const sink = {
        write: (): void => {
          throw failure;
        },
      };
      await assert.rejects(client.retrieveInto(2, sink), failure);
      assert.equal(text(await client.retrieve(3).bytes()), 'Subject: three\r\n\r\nthree\r\n');
    }));

  test('into a sink that has something to do at the end: it is waited for', () =>
    loggedIn(async (client) => {
      const seen: string[] = [];
      const sink = {
        write: (octets: Uint8Array): void => void seen.push(text(octets)),
        end: async (): Promise<void> => {
          await new Promise((resolve) => setImmediate(resolve));
          seen.push('end');
        },
      };
      await client.retrieveInto(3, sink);
      assert.equal(seen.join(''), 'Subject: three\r\n\r\nthree\r\nend');
    }));

  test('into a sink that fails at the end, at once or later: the session goes on', () =>
    loggedIn(async (client) => {
      const failure = new Error('disk full');
      const write = (): void => {};
      const atOnce = (): void => {
        throw failure;
      };
      await assert.rejects(client.retrieveInto(1, { write, end: atOnce }), failure);
      await assert.rejects(client.retrieveInto(2, { write, end: () => Promise.reject(failure) }), failure);
      assert.equal(text(await client.retrieve(3).bytes()), 'Subject: three\r\n\r\nthree\r\n');
    }));
});

suite('aborting', () => {
  test('a session: everything rejects with the reason, and nothing is deleted', async () => {
    const controller = new AbortController();
    const maildrop = new MemoryMaildrop(['Subject: one\n\none\n']);
    const server = new Pop3Server({ users: { a: 'b' }, maildrop: () => maildrop });
    try {
      const { port } = await server.listen();
      const client = await Pop3Client.connect({
        host: '127.0.0.1',
        port,
        security: 'none',
        signal: controller.signal,
      });
      await client.authenticate({ user: 'a', password: 'b' });
      await client.dele(1);
      const reason = new Error('enough');
      const stat = client.stat();
      controller.abort(reason);
      await assert.rejects(stat, reason);
      await assert.rejects(client.quit(), reason);
    } finally {
      await server.close();
    }
    assert.equal(maildrop.messages.length, 1);
  });

  test('before it began: nothing is connected', async () => {
    const reason = new Error('never');
    await assert.rejects(
      Pop3Client.connect({ host: '127.0.0.1', port: 1, security: 'none', signal: AbortSignal.abort(reason) }),
      reason,
    );
  });

  test('a command that was not sent: withdrawn, and the others go on', () =>
    loggedIn(async (client) => {
      await assert.rejects(client.stat({ signal: AbortSignal.abort(new Error('no')) }), { message: 'no' });
      assert.equal((await client.stat()).messages, 3);
    }));
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MemoryMaildrop, type ServerLogEntry } from '../../src/server/index.ts';
import { connectMemory, makeServer } from './raw-client.ts';

function logged(timeouts: Parameters<typeof makeServer>[0]['timeouts']) {
  const log: ServerLogEntry[] = [];
  const maildrop = new MemoryMaildrop(['one']);
  const server = makeServer({ maildrop: () => maildrop, timeouts, log: (entry) => log.push(entry) });
  const errors = (): string[] => log.flatMap(({ error }) => (error instanceof Error ? [error.message] : []));
  return { server, maildrop, errors };
}

suite("a server's deadlines", () => {
  test('the next command has one: the connection is closed without a word, and nothing is deleted', async () => {
    const { server, maildrop, errors } = logged({ idle: 50 });
    const { client, served } = connectMemory(server);
    await client.line();
    await client.login();
    await client.ask('DELE 1');
    assert.equal(await client.rest(), '');
    await served;
    assert.match(errors().join(), /no command came within 0\.05 s/);
    assert.equal(maildrop.messages.length, 1);
    assert.equal(maildrop.inUse, false);
  });

  test('a drip does not put it off', async () => {
    const { server, errors } = logged({ idle: 80 });
    const { client, served } = connectMemory(server);
    await client.line();
    await client.login();
    const dripping = setInterval(() => client.send('N').catch(() => {}), 10);
    await client.rest();
    clearInterval(dripping);
    await served;
    assert.match(errors().join(), /no command came/);
  });

  test('the login has one, however busy the client is', async () => {
    const { server, errors } = logged({ login: 80 });
    const { client, served } = connectMemory(server);
    await client.line();
    for (;;) {
      const answer = await client.ask('USER alice').catch(() => undefined);
      if (answer === undefined) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await served;
    assert.match(errors().join(), /no login was done in time/);
  });

  test('what is sent has one: a client that reads nothing is left', async () => {
    const log: ServerLogEntry[] = [];
    const maildrop = new MemoryMaildrop([Buffer.alloc(4_000_000, 'a line of text\r\n')]);
    const server = makeServer({
      maildrop: () => maildrop,
      timeouts: { write: 50 },
      log: (entry) => log.push(entry),
    });
    const { client, served } = connectMemory(server);
    await client.line();
    await client.login();
    await client.send('RETR 1\r\n');
    await served;
    assert.equal(maildrop.inUse, false);
    assert.ok(log.some(({ event, error }) => event === 'error' && /was not taken/.test(String(error))));
  });
});

test('closing a server ends its sessions, and deletes nothing', async () => {
  const maildrop = new MemoryMaildrop(['one']);
  const server = makeServer({ maildrop: () => maildrop });
  const { client, served } = connectMemory(server);
  await client.line();
  await client.login();
  await client.ask('DELE 1');
  assert.equal(server.sessions, 1);
  await server.close();
  await served;
  assert.equal(await client.rest(), '');
  assert.equal(server.sessions, 0);
  assert.equal(maildrop.messages.length, 1);
  assert.equal(maildrop.inUse, false);
});

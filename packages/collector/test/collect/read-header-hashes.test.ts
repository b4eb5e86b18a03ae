import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, suite, test } from 'node:test';
import { content, type FaultyServer, startFaultyServer } from '../support/faulty-server.ts';
import { makeScene, readMaildir, type Scene } from '../support/scene.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(uniqueId: (number: number) => string, bodyLines = 1): Promise<[FaultyServer, Scene]> {
  const messages = Array.from({ length: 70 }, (_, index) => ({
    uniqueId: uniqueId(index + 1),
    text: `From: ${index + 1}@example.org\r\nSubject: x\r\n\r\n${'a line of a message\r\n'.repeat(bodyLines)}`,
  }));
  const server = await startFaultyServer(messages);
  cleanups.push(() => server[Symbol.asyncDispose]());
  const scene = await makeScene([]);
  cleanups.push(() => scene.close());
  return [server, scene];
}

suite('a server that tells another header with TOP than with RETR', () => {
  const answers = {
    'with a field more': (text: string) =>
      content(`Received: by TOP\r\n${text.split('\r\n\r\n', 1)[0]}\r\n\r\n`),
    'with nothing in it': () => '+OK\r\n.\r\n',
  } as const;
  for (const [name, answer] of Object.entries(answers)) {
    const faultsOf = ({ messages }: FaultyServer) => ({
      answer: (line: string) => {
        const number = /^TOP (\d+)/.exec(line)?.[1];
        return number === undefined ? undefined : answer(messages[Number(number) - 1]?.text ?? '');
      },
    });

    test(`${name}, and one unique-id for all messages: each comes once (I6)`, async () => {
      const [server, scene] = await start(() => 'same');
      server.faults = faultsOf(server);
      const login = () => server.login();
      for (const retrieved of [70, 0, 0]) assert.equal((await scene.collect({ login })).retrieved, retrieved);
      assert.equal(readMaildir(join(scene.folder, 'Mail')).length, 70);
    });

    test(`${name}, one unique-id for all messages, and one that is refused at first: each comes once (I6)`, async () => {
      const [server, scene] = await start(() => 'same');
      const { answer: byTop } = faultsOf(server);
      const login = () => server.login();
      server.faults = { answer: (line) => (line === 'RETR 2' ? '-ERR\r\n' : byTop(line)) };
      assert.equal((await scene.collect({ login })).retrieved, 69);
      server.faults = { answer: byTop };
      for (const retrieved of [1, 0]) assert.equal((await scene.collect({ login })).retrieved, retrieved);
      assert.equal(readMaildir(join(scene.folder, 'Mail')).length, 70);
    });

    test(`${name}, and new unique-ids: nothing is fetched again (I6)`, async () => {
      const [server, scene] = await start((number) => `id ${number}`);
      const login = () => server.login();
      await scene.collect({ login });
      server.faults = { ...faultsOf(server), uniqueId: (uniqueId) => `new ${uniqueId}` };
      assert.equal((await scene.collect({ login })).retrieved, 0);
    });
  }
});

test('TOP is refused for one message, and gives whole ones for the others: nobody waits for anybody', async () => {
  const [server, scene] = await start(() => 'same', 20_000);
  server.messages.length = 3;
  server.faults = {
    answer: (line) => {
      const number = Number(/^TOP (\d+)/.exec(line)?.[1] ?? Number.NaN);
      if (Number.isNaN(number)) return undefined;
      return number === 1 ? '-ERR\r\n' : content(server.messages[number - 1]?.text ?? '');
    },
  };
  assert.equal(
    (await scene.collect({ login: () => server.login({ timeouts: { reader: 500 } }) })).retrieved,
    3,
  );
});

test('a TOP that tells the same header as RETR is checked with one message', async () => {
  const [server, scene] = await start(() => 'same');
  const login = () => server.login();
  await scene.collect({ login });
  const asked = server.retrieved;
  server.messages.push(
    ...[71, 72, 73].map((number) => ({
      uniqueId: 'same',
      text: `From: ${number}@example.org\r\n\r\nbody\r\n`,
    })),
  );
  assert.equal((await scene.collect({ login })).retrieved, 3);
  assert.equal(server.retrieved - asked, 4);
});

test('a dry run reads headers with TOP alone: some servers archive what was retrieved', async () => {
  const [server, scene] = await start(() => 'same');
  const { result } = await scene.collect({ login: () => server.login(), dryRun: true });
  assert.deepEqual([result, server.retrieved], ['done', 0]);
  assert.match(server.server.received, /^TOP 70 0/m);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, suite, test } from 'node:test';
import { type CollectOptions, type CollectResult, MaildirDestination } from '../../src/index.ts';
import { type FaultyServer, type ServedMessage, startFaultyServer } from '../support/faulty-server.ts';
import { makeScene, readMaildir } from '../support/scene.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const day = 86_400_000;
const one: ServedMessage = { uniqueId: 'a', text: 'Subject: one\r\n\r\nsame size\r\n' };
const two: ServedMessage = { uniqueId: 'a', text: 'Subject: two\r\n\r\nsame size\r\n' };

interface World {
  readonly server: FaultyServer;
  run(options?: Partial<CollectOptions>): Promise<CollectResult>;
  /** Gives how many came and went. */
  collect(options?: Partial<CollectOptions>): Promise<number[]>;
  home(name?: string): string[];
  maildir(name: string): MaildirDestination;
  asked(command: string): number;
}

async function start(): Promise<World> {
  const server = await startFaultyServer([one]);
  cleanups.push(() => server[Symbol.asyncDispose]());
  const scene = await makeScene([]);
  cleanups.push(() => scene.close());
  const run: World['run'] = (options) => scene.collect({ login: () => server.login(), ...options });
  return {
    server,
    run,
    collect: async (options) => {
      const { retrieved, deleted } = await run(options);
      return [retrieved, deleted];
    },
    maildir: (name) => new MaildirDestination({ path: join(scene.folder, name) }),
    home: (name = 'Mail') => readMaildir(join(scene.folder, name)).map((text) => text.slice(9, 12)),
    asked: (command) => server.server.received.match(new RegExp(`^${command}\\b`, 'gm'))?.length ?? 0,
  };
}

suite('what was delivered in an earlier run is deleted', () => {
  const later = {
    retention: { type: 'delete-after', after: 30 * day },
    now: () => Date.now() + 31 * day,
  } as const;

  test('after one look at its header, and not before that is due', async () => {
    const { server, collect, asked } = await start();
    await collect({ retention: later.retention });
    assert.deepEqual([await collect({ retention: later.retention }), asked('TOP')], [[0, 0], 0]);
    assert.deepEqual(await collect(later), [0, 1]);
    assert.deepEqual([asked('TOP'), asked('RETR'), server.messages], [1, 1, []]);
  });

  test('also where the server has changed a field since', async () => {
    const { server, collect, asked } = await start();
    const text = `Status: RO\r\nMessage-ID: <1@example.org>\r\n${one.text}`;
    server.messages[0] = { ...one, text: text.replace('Status', 'X-Seen') };
    await collect();
    server.messages[0] = { ...one, text };
    assert.deepEqual(await collect({ retention: { type: 'delete' } }), [0, 1]);
    assert.deepEqual([asked('RETR'), server.messages], [1, []]);
  });

  for (const top of [true, false]) {
    test(`but no other message of the same size that has its unique-id now, ${top ? 'with' : 'without'} TOP (I4)`, async () => {
      const { server, collect, home } = await start();
      if (!top) server.faults = { answer: (line) => (line.startsWith('TOP') ? '-ERR\r\n' : undefined) };
      await collect({ retention: later.retention });
      server.messages[0] = two;
      assert.deepEqual(await collect({ retention: later.retention }), [0, 0]);
      assert.deepEqual(await collect(later), [1, 0]);
      assert.deepEqual([home(), server.messages], [['one', 'two'], [two]]);
    });
  }

  test('and those that are others are not counted as home, though those that were deleted are', async () => {
    const { server, run } = await start();
    for (const uniqueId of ['b', 'c']) server.messages.push({ ...one, uniqueId });
    await run();
    server.messages[1] = { ...two, uniqueId: 'b' };
    const { known, retrieved, deleted } = await run({ retention: { type: 'delete' } });
    assert.deepEqual([known, retrieved, deleted], [2, 1, 3]);
  });

  test('but no other one that got its unique-id after a deletion that was never confirmed (I4)', async () => {
    const { server, collect, home } = await start();
    server.faults = {
      answer: (line) => {
        if (line === 'QUIT') server.messages.length = 0;
        return line === 'QUIT' ? null : undefined;
      },
    };
    await collect({ retention: { type: 'delete' } });
    server.faults = {};
    server.messages.push(two);
    assert.deepEqual(await collect({ retention: { type: 'delete' } }), [1, 1]);
    assert.deepEqual([home(), server.messages], [['one', 'two'], []]);
  });

  test('also where the server ends every session that asks for TOP', async () => {
    const { server, collect } = await start();
    await collect();
    server.faults = { answer: (line) => (line.startsWith('TOP') ? null : undefined) };
    assert.deepEqual(await collect({ retention: { type: 'delete' }, retries: 2 }), [0, 1]);
    assert.deepEqual(server.messages, []);
  });

  test('also where neither TOP nor RETR tells its header any more', async () => {
    const { server, collect } = await start();
    await collect();
    server.faults = { answer: (line) => (/^(?:TOP|RETR)/.test(line) ? '-ERR\r\n' : undefined) };
    assert.deepEqual(await collect({ retention: { type: 'delete' } }), [0, 1]);
  });
});

suite('another message has the unique-id of one that only some destinations have, and its size', () => {
  const retention = { type: 'delete' } as const;

  async function startHalf(): Promise<World> {
    const world = await start();
    const away = new MaildirDestination({ path: '/dev/null/away' });
    await world.collect({ destinations: [world.maildir('Mail'), away] });
    world.server.messages[0] = two;
    return world;
  }

  test('all of them get it (I4)', async () => {
    const { server, collect, home, maildir } = await startHalf();
    const destinations = [maildir('Mail'), maildir('Other')];
    assert.deepEqual(await collect({ destinations, retention }), [1, 1]);
    assert.deepEqual([home(), home('Other'), server.messages], [['one', 'two'], ['two'], []]);
  });

  test('also where the others are none any more (I4)', async () => {
    const { server, collect, home, maildir } = await startHalf();
    assert.deepEqual(await collect({ destinations: [maildir('Mail')], retention }), [1, 1]);
    assert.deepEqual([home(), server.messages], [['one', 'two'], []]);
  });
});

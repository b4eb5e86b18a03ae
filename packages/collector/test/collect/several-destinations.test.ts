import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import {
  type CollectEvent,
  CommandDestination,
  type Destination,
  DestinationError,
  EmlDestination,
  MaildirDestination,
  SqliteLedger,
} from '../../src/index.ts';
import { makeScene, message, readMaildir, type Scene } from '../support/scene.ts';

const messages = Array.from({ length: 10 }, (_, index) => message(index + 1));
const inOrder = messages.toSorted();
let scene: Scene;
beforeEach(async () => {
  scene = await makeScene(messages);
});
afterEach(() => scene.close());

// A server may take a moment to notice that a session was broken off; until then the maildrop is in use.
const retries = 8;

const maildir = (): Destination => new MaildirDestination({ path: join(scene.folder, 'Mail') });
const home = (): string[] => readMaildir(join(scene.folder, 'Mail'));
/** A server, as far as the collector knows, that has gone away once it has so many messages. */
function server(capacity: number, transient = false): Destination & { readonly taken: string[] } {
  const taken: string[] = [];
  const command = new CommandDestination({ command: `cat >> ${scene.folder}/server`, name: 'server:x' });
  return {
    name: command.name,
    taken,
    recognisesRepeats: false,
    batchMessages: 1,
    open: () => command.open(),
    begin: (one) => command.begin(one),
    commit: async (deliveries) => {
      const results: Awaited<ReturnType<Destination['commit']>>[number][] = [];
      for (const delivery of deliveries) {
        const failure = {
          destination: 'server:x',
          step: 'connect',
          scope: 'destination',
          transient,
        } as const;
        if (taken.length >= capacity)
          results.push({ status: 'failed', error: new DestinationError('server:x: it is away', failure) });
        else {
          taken.push('message');
          results.push({ status: 'delivered' });
        }
        await delivery.abort();
      }
      return results;
    },
    recover: async () => 'unknown',
    close: () => command.close(),
  };
}

/** The first message was on its way to the server when a run ended; gives its key. */
async function recordDoubt(ledger: SqliteLedger): Promise<string> {
  const client = await scene.login();
  const { uniqueId } = await client.uidl(1);
  await client.quit();
  await using account = await ledger.openAccount('a@127.0.0.1');
  const message = { key: `u:${uniqueId}`, uniqueId, octets: undefined };
  await account.commit([{ type: 'delivering', message, destination: 'server:x', at: Date.now() }]);
  return message.key;
}

test('one of which says itself that a crash came after it had a message: only the others get it', async () => {
  const sure = server(100);
  await using ledger = new SqliteLedger(join(scene.folder, 'ledger.sqlite'));
  await recordDoubt(ledger);
  const destinations: readonly Destination[] = [{ ...sure, recover: async () => 'delivered' }, maildir()];
  const { result, retrieved } = await scene.collect({ destinations, ledger, retries });
  assert.deepEqual([result, retrieved, sure.taken.length], ['done', 10, 9]);
  assert.deepEqual(home(), inOrder);
});

test('one that a message is held back from keeps it from no other', async () => {
  await using ledger = new SqliteLedger(join(scene.folder, 'ledger.sqlite'));
  await recordDoubt(ledger);
  const unsure = server(100);
  const retention = { type: 'delete' } as const;
  const run = () =>
    scene.collect({ destinations: [unsure, maildir()], ledger, onDoubt: 'hold', retention, retries });
  for (const retrieved of [9, 0]) {
    const result = await run();
    assert.deepEqual([result.result, result.retrieved, result.failed.length], ['partial', retrieved, 1]);
    assert.match(result.failed[0]?.reason ?? '', /^server:x may have it already/);
    assert.deepEqual(home(), inOrder);
    assert.deepEqual([unsure.taken.length, scene.maildrop.messages.length], [9, 1]);
  }
});

test('one that fails before another is reached leaves no doubt about that other', async () => {
  const broken: Destination = {
    ...maildir(),
    name: 'broken',
    recognisesRepeats: true,
    batchMessages: 256,
    open: async () => {},
    begin: (one) => maildir().begin(one),
    commit: async () => {
      throw new DestinationError('broken: it is full', {
        destination: 'broken',
        step: 'write',
        scope: 'destination',
        transient: false,
      });
    },
    recover: async () => 'absent',
    close: async () => {},
  };
  await maildir().open();
  const other = server(100);
  const { result } = await scene.collect({ destinations: [broken, other], onDoubt: 'hold', retries });
  assert.deepEqual([result, other.taken.length], ['failed', 10]);
});

test('a doubt of an earlier run outlives a delivery that failed for certain', async () => {
  await using ledger = new SqliteLedger(join(scene.folder, 'ledger.sqlite'));
  const key = await recordDoubt(ledger);
  await scene.collect({ destinations: [server(0)], ledger, retries: 0 });
  await using account = await ledger.openAccount('a@127.0.0.1');
  const doubtful: string[] = [];
  for await (const entry of account.entries()) if (entry.delivering.length > 0) doubtful.push(entry.key);
  assert.deepEqual(doubtful, [key]);
});

suite('several destinations, one of which cannot be delivered to', () => {
  for (const [name, order] of [
    ['the last one', (...all: Destination[]) => all],
    ['the first one', (...all: Destination[]) => all.reverse()],
  ] as const) {
    test(`${name}: the others get all mail now, and it gets what it lacks later, and nothing twice`, async () => {
      const events: CollectEvent[] = [];
      const away = server(3);
      const retention = { type: 'delete' } as const;
      const first = await scene.collect({
        destinations: order(maildir(), away),
        retention,
        retries,
        onEvent: (event) => events.push(event),
      });
      assert.equal(first.result, 'failed');
      assert.match(String(first.error), /server:x: it is away/);
      assert.deepEqual(home(), inOrder);
      // Those that both have, and no others, are done.
      assert.deepEqual([first.retrieved, first.deleted, scene.maildrop.messages.length], [3, 3, 7]);
      // The others are told of, once each.
      assert.equal(first.incomplete, 7);
      const told = events.flatMap((event) =>
        event.type === 'incomplete' || event.type === 'delivered' ? [event.uniqueId] : [],
      );
      assert.deepEqual([told.length, new Set(told).size], [10, 10]);
      assert.deepEqual(
        events
          .filter(({ type }) => type === 'destination-failed')
          .map((event) => 'error' in event && String(event.error)),
        ['DestinationError: server:x: it is away'],
      );

      const back = server(100);
      const second = await scene.collect({
        destinations: order(maildir(), back),
        retention,
        onDoubt: 'hold',
      });
      assert.deepEqual(
        [second.result, second.retrieved, second.failed.length],
        ['done', 7, 0],
        String(second.error),
      );
      assert.equal(back.taken.length, 7);
      assert.deepEqual(home(), inOrder);
      assert.equal(scene.maildrop.messages.length, 0);
    });
  }

  test('nothing of what only it lacks is fetched while it is away', async () => {
    const away = (): Destination => ({
      ...server(0),
      begin: async () => {
        const failure = { destination: 'server:x', step: 'connect', scope: 'destination' } as const;
        throw new DestinationError('server:x: it is away', failure);
      },
    });
    await scene.collect({ destinations: [maildir(), away()], retries });
    let received = 0;
    const { known, incomplete, error } = await scene.collect({
      destinations: [maildir(), away()],
      retries,
      onEvent: (event) => {
        if (event.type === 'progress') received = Math.max(received, event.messages);
      },
    });
    assert.match(String(error), /it is away/);
    assert.deepEqual([received, known, incomplete], [0, 0, 10]);
    assert.deepEqual(home(), inOrder);
  });

  test('it is tried again first, where that may help', async () => {
    const events: string[] = [];
    const { error } = await scene.collect({
      destinations: [server(0, true), maildir()],
      retries,
      onEvent: ({ type }) => events.push(type),
    });
    assert.match(String(error), /it is away/);
    const retried = events.slice(0, events.indexOf('destination-failed')).filter((type) => type === 'retry');
    assert.equal(retried.length, retries);
    assert.deepEqual(home(), inOrder);
  });

  test('a folder that cannot be opened', async () => {
    const blocked = join(scene.folder, 'blocked');
    writeFileSync(blocked, '');
    const eml = (): Destination => new EmlDestination({ path: join(blocked, 'in') });
    const first = await scene.collect({ destinations: [eml(), maildir()], retries });
    assert.match(String(first.error), /a part of its path is no folder/);
    assert.deepEqual(home(), inOrder);
    rmSync(blocked);
    const second = await scene.collect({ destinations: [eml(), maildir()], retries });
    assert.deepEqual([second.result, second.retrieved], ['done', 10]);
    const stored = readdirSync(join(blocked, 'in')).map((file) =>
      readFileSync(join(blocked, 'in', file), 'latin1').replaceAll('\r\n', '\n'),
    );
    assert.deepEqual(stored.sort(), inOrder);
  });

  test('all of them: nothing is done, and the first says why', async () => {
    const blocked = join(scene.folder, 'blocked');
    writeFileSync(blocked, '');
    const { result, error, retrieved } = await scene.collect({
      destinations: [
        new EmlDestination({ path: join(blocked, 'a') }),
        new EmlDestination({ path: join(blocked, 'b') }),
      ],
    });
    assert.deepEqual([result, retrieved], ['failed', 0]);
    assert.match(String(error), /blocked/);
  });
});

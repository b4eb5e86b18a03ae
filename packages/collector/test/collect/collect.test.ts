import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, suite, test } from 'node:test';
import { Pop3Client } from '@postrider/pop3';
import { startScriptedServer } from '@postrider/pop3/testing';
import {
  type Delivery,
  DestinationError,
  EmlDestination,
  MaildirDestination,
  MboxDestination,
} from '../../src/index.ts';
import { makeDestination, visibleMessages } from '../support/file-destination.ts';
import { readMbox } from '../support/read-mbox.ts';
import { makeScene, message, readMaildir, type Scene } from '../support/scene.ts';

let scene: Scene;
afterEach(() => scene.close());

const many = Array.from({ length: 40 }, (_, index) => message(index + 1));
const inOrder = [...many].sort();
const mail = (): string[] => readMaildir(join(scene.folder, 'Mail'));
const days = 86_400_000;

suite('a collection', () => {
  test('brings everything home once, and keeps it on the server', async () => {
    scene = await makeScene(many);
    const first = await scene.collect();
    assert.deepEqual([first.result, first.retrieved, first.known], ['done', 40, 0]);
    assert.deepEqual(mail(), inOrder);
    const second = await scene.collect();
    assert.deepEqual([second.result, second.retrieved, second.known], ['done', 0, 40]);
    assert.deepEqual(mail(), inOrder);
    assert.equal(scene.maildrop.messages.length, 40);
  });

  test('fetches only what is new', async () => {
    scene = await makeScene(many);
    await scene.collect();
    scene.maildrop.add(message(99));
    const { retrieved } = await scene.collect();
    assert.equal(retrieved, 1);
    assert.deepEqual(mail(), [...many, message(99)].sort());
  });

  test('deletes what is delivered, where that is wanted', async () => {
    scene = await makeScene(many);
    const { deleted } = await scene.collect({ retention: { type: 'delete' } });
    assert.equal(deleted, 40);
    assert.equal(scene.maildrop.messages.length, 0);
    assert.deepEqual(mail(), inOrder);
  });

  test('deletes very many that are home already, each once', async () => {
    const thousands = Array.from({ length: 1300 }, (_, index) => message(index + 1, 1));
    scene = await makeScene(thousands);
    await scene.collect();
    const { result, deleted, undeleted, known } = await scene.collect({ retention: { type: 'delete' } });
    assert.deepEqual([result, deleted, undeleted, known], ['done', 1300, 0, 1300]);
    assert.equal(scene.maildrop.messages.length, 0);
    assert.equal((await scene.collect({ retention: { type: 'delete' } })).deleted, 0);
  });

  test('deletes after an age', async () => {
    scene = await makeScene(many);
    const retention = { type: 'delete-after', after: 30 * days } as const;
    const begun = Date.now();
    assert.equal((await scene.collect({ retention, now: () => begun })).deleted, 0);
    assert.equal((await scene.collect({ retention, now: () => begun + 29 * days })).deleted, 0);
    assert.equal((await scene.collect({ retention, now: () => begun + 31 * days })).deleted, 40);
    assert.deepEqual(mail(), inOrder);
  });

  test('on a first run with newOnly, notes what is there and fetches what comes later', async () => {
    scene = await makeScene(many);
    const first = await scene.collect({ newOnly: true });
    assert.deepEqual([first.retrieved, first.skipped], [0, 40]);
    scene.maildrop.add(message(99));
    assert.equal((await scene.collect({ newOnly: true })).retrieved, 1);
    assert.deepEqual(mail(), [message(99)]);
    assert.equal((await scene.collect({ retention: { type: 'delete' } })).deleted, 1);
    assert.equal(scene.maildrop.messages.length, 40);
  });

  test('leaves and names what is too large', async () => {
    scene = await makeScene([message(1), message(2, 1000)]);
    const named: unknown[] = [];
    const { retrieved, skipped } = await scene.collect({
      maximumOctets: 1000,
      onEvent: (event) => {
        if (event.type === 'skipped') named.push([event.messageNumber, event.reason]);
      },
    });
    assert.deepEqual([retrieved, skipped], [1, 1]);
    assert.deepEqual(named, [[2, 'too-large']]);
  });

  test('a dry run changes nothing', async () => {
    scene = await makeScene(many);
    const events: string[] = [];
    await scene.collect({ dryRun: true, onEvent: ({ type }) => events.push(type) });
    assert.deepEqual(events, ['planned']);
    assert.throws(() => mail());
    assert.equal((await scene.collect()).retrieved, 40);
  });

  test('several destinations: each gets every message', async () => {
    scene = await makeScene(many);
    const { folder } = scene;
    const destinations = [
      new MaildirDestination({ path: join(folder, 'Mail') }),
      new EmlDestination({ path: join(folder, 'eml') }),
      new MboxDestination({ path: join(folder, 'mbox', 'inbox') }),
    ];
    assert.equal((await scene.collect({ destinations })).retrieved, 40);
    assert.deepEqual(mail(), inOrder);
    assert.equal(readdirSync(join(folder, 'eml')).length, 40);
  });

  for (const length of ['shorter', 'longer'] as const) {
    test(`an mbox that a crash kept from hearing of the ledger's commit hears of it in the next run; what replaces it may be ${length}`, async () => {
      scene = await makeScene(many);
      const { folder } = scene;
      const path = join(folder, 'inbox');
      const crashing = Object.assign(new MboxDestination({ path }), { close: async () => {} });
      await scene.collect({ destinations: [crashing] });
      assert.ok(existsSync(`${path}.postrider`));
      const next = await scene.collect({ destinations: [new MboxDestination({ path })] });
      assert.deepEqual([next.retrieved, next.known], [0, 40]);
      assert.ok(!existsSync(`${path}.postrider`));
      // Somebody begins anew, and has other mail already.
      const ledger = readdirSync(folder).filter((name) => name.startsWith('ledger'));
      for (const name of ledger) rmSync(join(folder, name), { recursive: true });
      writeFileSync(path, `From ann\n\n${'x\n'.repeat(length === 'longer' ? 100_000 : 1)}\n`);
      const again = await scene.collect({
        destinations: [new MboxDestination({ path })],
        retention: { type: 'delete' },
      });
      assert.deepEqual([again.retrieved, again.deleted], [40, 40]);
      assert.deepEqual(readMbox(path).slice(1).sort(), inOrder);
    });
  }

  test('a destination that failed and is given up: what the others have counts as delivered', async () => {
    scene = await makeScene(many);
    const { folder } = scene;
    const good = () => new MaildirDestination({ path: join(folder, 'Mail') });
    const refusing = Object.assign(new EmlDestination({ path: join(folder, 'eml') }), {
      commit: async (deliveries: readonly Delivery[]) =>
        deliveries.map((delivery) => {
          delivery.abort();
          const failure = { destination: 'eml', step: 'write', scope: 'message' } as const;
          return { status: 'failed', error: new DestinationError('no', failure) } as const;
        }),
    });
    const both = await scene.collect({ destinations: [good(), refusing], retention: { type: 'delete' } });
    assert.equal(both.failed.length, 40);
    assert.equal(scene.maildrop.messages.length, 40);

    const one = { destinations: [good()], retention: { type: 'delete' } } as const;
    const next = await scene.collect(one);
    assert.deepEqual([next.result, next.retrieved, next.octets], ['done', 0, 0]);
    await scene.collect(one);
    assert.equal(scene.maildrop.messages.length, 0);
    assert.deepEqual(mail(), inOrder);
  });

  test('a lost ledger: the Maildir recognises what it has', async () => {
    scene = await makeScene(many);
    await scene.collect();
    const { folder } = scene;
    const other = await makeScene(many);
    try {
      const { retrieved } = await other.collect({
        login: scene.login,
        destinations: [new MaildirDestination({ path: join(folder, 'Mail') })],
      });
      assert.equal(retrieved, 40);
    } finally {
      await other.close();
    }
    assert.deepEqual(mail(), inOrder);
  });

  for (const kind of ['maildir', 'eml']) {
    for (const ledger of ['lost', 'forgetful']) {
      test(`${kind}, a ${ledger} ledger: a unique-id used again for another message loses neither`, async () => {
        scene = await makeScene([]);
        const { folder, maildrop } = scene;
        let at = Date.now();
        const collect = () =>
          scene.collect({
            destinations: [makeDestination(kind, folder)],
            retention: { type: 'delete' },
            now: () => at,
          });
        maildrop.add(message(1), { uniqueId: '1' });
        await collect();
        if (ledger === 'lost') rmSync(join(folder, 'ledger.sqlite'));
        for (const number of ledger === 'lost' ? [] : [2, 3]) {
          at += 100 * days;
          maildrop.add(message(number));
          await collect();
        }
        maildrop.add(message(4), { uniqueId: '1' });
        const { retrieved, deleted } = await collect();
        assert.deepEqual([retrieved, deleted, maildrop.messages.length], [1, 1, 0]);
        const numbers = ledger === 'lost' ? [1, 4] : [1, 2, 3, 4];
        assert.deepEqual(
          visibleMessages(kind, folder),
          numbers.map((number) => message(number)),
        );
      });
    }
  }

  test('one -ERR to RETR: the others come, three runs set it aside', async () => {
    scene = await makeScene([]);
    const server = await startScriptedServer(async (peer) => {
      await peer.send('+OK\r\n');
      await peer.answer((line) => {
        const [verb, number] = line.split(' ');
        if (verb === 'CAPA') return '+OK\r\nUSER\r\nUIDL\r\nPIPELINING\r\n.\r\n';
        if (verb === 'STAT') return '+OK 1000 1\r\n';
        if (verb === 'LIST' || verb === 'UIDL') {
          return `+OK\r\n${Array.from({ length: 1000 }, (_, index) => `${index + 1} ${index + 1}\r\n`).join('')}.\r\n`;
        }
        if (verb === 'RETR')
          return number === '500' ? '-ERR cannot be read\r\n' : `+OK\r\nSubject: ${number}\r\n\r\n.\r\n`;
        return '+OK\r\n';
      });
    });
    const login = async (): Promise<Pop3Client> => {
      const client = await Pop3Client.connect({ host: server.host, port: server.port, security: 'none' });
      await client.authenticate({ user: 'a', password: 'b', allowCleartextPassword: true });
      return client;
    };
    try {
      const results = [];
      for (let run = 0; run < 4; run++) results.push(await scene.collect({ login }));
      assert.deepEqual(
        results.map(({ result, retrieved, failed }) => [
          result,
          retrieved,
          failed.length,
          failed[0]?.setAside,
        ]),
        [
          ['partial', 999, 1, false],
          ['partial', 0, 1, false],
          ['partial', 0, 1, true],
          ['partial', 0, 1, true],
        ],
      );
      assert.equal(mail().length, 999);
      assert.equal(server.received.match(/RETR 500\r\n/g)?.length, 3);
    } finally {
      await server.close();
    }
  });

  test('all unique-ids changed: recognised by their headers, nothing is fetched', async () => {
    scene = await makeScene(many);
    await scene.collect();
    const moved = await makeScene([]);
    try {
      for (const [index, one] of many.entries()) moved.maildrop.add(one, { uniqueId: `moved-${index}` });
      const { retrieved, known } = await scene.collect({ login: moved.login });
      assert.deepEqual([retrieved, known], [0, 40]);
      const again = await scene.collect({ login: moved.login });
      assert.deepEqual([again.retrieved, again.known], [0, 40]);
    } finally {
      await moved.close();
    }
    assert.deepEqual(mail(), inOrder);
  });

  test('an empty listing in between forgets nothing', async () => {
    scene = await makeScene(many);
    await scene.collect();
    const empty = await makeScene([]);
    try {
      await scene.collect({ login: empty.login });
    } finally {
      await empty.close();
    }
    assert.deepEqual((await scene.collect()).retrieved, 0);
  });

  test('doubled unique-ids are told apart, and each comes once', async () => {
    scene = await makeScene([]);
    for (const number of [1, 2, 3]) scene.maildrop.add(message(number), { uniqueId: 'same' });
    assert.equal((await scene.collect()).retrieved, 3);
    assert.equal((await scene.collect()).retrieved, 0);
    scene.maildrop.add(message(4), { uniqueId: 'same' });
    assert.equal((await scene.collect({ retention: { type: 'delete' } })).deleted, 4);
    assert.deepEqual(mail(), [1, 2, 3, 4].map((number) => message(number)).sort());
  });

  test('unique-ids are never paths or keys of objects', async () => {
    scene = await makeScene([]);
    const ids = ['../../../evil', '__proto__', 'constructor', '$(id)', "' OR 1=1 --", 'x'.repeat(70)];
    for (const [index, uniqueId] of ids.entries()) scene.maildrop.add(message(index), { uniqueId });
    assert.equal((await scene.collect()).retrieved, ids.length);
    assert.equal((await scene.collect()).retrieved, 0);
    assert.equal(mail().length, ids.length);
    assert.deepEqual(
      readdirSync(scene.folder).filter((name) => !name.startsWith('ledger')),
      ['Mail'],
    );
  });

  test('an interruption keeps what was delivered', async () => {
    scene = await makeScene(Array.from({ length: 600 }, (_, index) => message(index)));
    const controller = new AbortController();
    const { result, retrieved } = await scene.collect({
      signal: controller.signal,
      onEvent: ({ type }) => type === 'delivered' && controller.abort(new Error('stop')),
    });
    assert.equal(result, 'interrupted');
    assert.ok(retrieved > 0 && retrieved < 600);
    const rest = await scene.collect();
    assert.equal(rest.retrieved + mail().length - rest.retrieved, 600);
    assert.equal(new Set(mail()).size, 600);
  });
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import type { ConnectOptions } from '@postrider/pop3';
import type { CollectOptions, CollectResult } from '../../src/index.ts';
import { cutAfter } from '../support/cut.ts';
import {
  content,
  type Faults,
  type FaultyServer,
  type ServedMessage,
  served,
  startFaultyServer,
} from '../support/faulty-server.ts';
import { makeScene, readMaildir, type Scene } from '../support/scene.ts';

let scene: Scene;
let servers: FaultyServer[] = [];
beforeEach(async () => {
  scene = await makeScene([]);
  servers = [];
});
afterEach(async () => {
  for (const { server } of servers) await server.close();
  await scene.close();
});

async function serve(messages: readonly ServedMessage[], faults?: Faults): Promise<FaultyServer> {
  const server = await startFaultyServer(messages, faults);
  servers.push(server);
  return server;
}

function collect(
  server: FaultyServer,
  options: Partial<CollectOptions> = {},
  connection: Partial<ConnectOptions> = {},
): Promise<CollectResult> {
  return scene.collect({ login: () => server.login(connection), ...options });
}

const remove = { retention: { type: 'delete' } } as const;
const mail = (): string[] => readMaildir(join(scene.folder, 'Mail'));
const texts = (messages: readonly ServedMessage[]): string[] =>
  messages.map(({ text }) => text.replaceAll('\r\n', '\n')).sort();
const once = (line: string, answer: string | null): Faults => {
  let left = 1;
  return { answer: (given) => (given === line && left-- > 0 ? answer : undefined) };
};

suite('a connection that is cut', () => {
  test('at any place, in any message: nothing is lost, nothing comes twice, no part is visible (I3, I4, I6)', async () => {
    const messages = served(3);
    for (let octets = 1; octets < 800; octets += 7) {
      await using place = await makeScene([]);
      await using server = await startFaultyServer(messages);
      const run = (connect?: ReturnType<typeof cutAfter>): Promise<CollectResult> =>
        place.collect({ login: () => server.login(connect === undefined ? {} : { connect }), ...remove });
      const home = (): string[] => readMaildir(join(place.folder, 'Mail'));
      const cut = await run(cutAfter(octets));
      const known = new Set(texts(messages));
      if (cut.result === 'failed') {
        for (const one of home()) assert.ok(known.has(one), `a part, cut after ${octets}`);
      }
      assert.equal(new Set([...home(), ...texts(server.messages)]).size, 3, `lost, cut after ${octets}`);
      assert.equal((await run()).result, 'done', `cut after ${octets}`);
      assert.deepEqual(home(), texts(messages), `cut after ${octets}`);
      assert.equal(server.messages.length, 0, `cut after ${octets}`);
    }
  });

  test('once: the run tries again, and fetches only what is missing', async () => {
    const server = await serve(served(50), once('RETR 25', null));
    const retries: unknown[] = [];
    const { result, retrieved } = await collect(server, {
      retries: 2,
      onEvent: (event) => event.type === 'retry' && retries.push(event.error),
    });
    assert.deepEqual([result, retrieved, retries.length], ['done', 50, 1]);
    assert.deepEqual(mail(), texts(server.messages));
  });

  test('the server falls silent in a message: an error, and what came before it is kept', async () => {
    const server = await serve(served(3), once('RETR 3', '+OK\r\nSubject: half'));
    const { result, retrieved, error } = await collect(server, {}, { timeouts: { idle: 100 } });
    assert.deepEqual([result, retrieved], ['failed', 2]);
    assert.match(String(error), /nothing came in the middle of an answer/);
    assert.equal(mail().length, 2);
  });

  test('the server sends octet by octet: everything comes as it is (I12)', async () => {
    const server = await serve(served(3), { send: { split: 1 } });
    assert.equal((await collect(server, remove)).deleted, 3);
    assert.deepEqual(mail(), texts(served(3)));
  });
});

suite('one message among a thousand at which', () => {
  const poisons: readonly (readonly [string, string | null])[] = [
    ['the server says -ERR', '-ERR cannot be read\r\n'],
    ['the server closes the connection', null],
    ['the server breaks off, and closes', '+OK\r\nSubject: half'],
    ['the server sends a bare dot in the middle', '+OK\r\nSubject: half\r\n\r\n.\r\nthe other half\r\n.\r\n'],
  ];
  const cases = poisons.flatMap(([name, answer]) => [
    { name, answer, pipelining: true },
    { name: `${name}, without pipelining`, answer, pipelining: false },
  ]);
  for (const { name, answer, pipelining } of cases) {
    test(`${name}: the others come home and are deleted; after three runs it is set aside`, async () => {
      const messages = served(1000);
      const poison = messages[499];
      const server = await serve(messages, {
        answer: (line) => {
          const number = /^RETR (\d+)$/.exec(line)?.[1];
          return number !== undefined && server.messages[Number(number) - 1] === poison ? answer : undefined;
        },
      });
      // A server that breaks off in the middle closes then.
      if (answer?.endsWith('half') === true) {
        let broken = false;
        const { answer: half } = server.faults;
        server.faults = {
          answer: (line, session) => {
            const given = half?.(line, session);
            if (line === 'CAPA') broken = false;
            if (broken) return null;
            broken = given !== undefined;
            return given;
          },
        };
      }
      const results: CollectResult[] = [];
      for (let run = 0; run < 4; run++)
        results.push(
          await collect(server, { ...remove, retries: 2 }, { timeouts: { idle: 200 }, pipelining }),
        );
      assert.deepEqual(
        results.map(({ result, failed }) => [
          result,
          failed.length,
          failed[0]?.uniqueId,
          failed[0]?.setAside,
        ]),
        [
          ['partial', 1, 'id-500', false],
          ['partial', 1, 'id-500', false],
          ['partial', 1, 'id-500', true],
          ['partial', 1, 'id-500', true],
        ],
      );
      assert.ok(results.every(({ failed }) => failed[0]?.reason !== ''));
      assert.deepEqual(mail(), texts(messages.filter((one) => one !== poison)));
      assert.deepEqual(server.messages, [poison]);
      const asked = server.retrieved;
      await collect(server, remove);
      assert.equal(server.retrieved, asked, 'it is asked for although it is set aside');
    });
  }
});

suite('trouble of the server’s own sets no message aside, however long it lasts', () => {
  const refuse = (said: string, number = '\\d+') => ({
    answer: (line: string) => (new RegExp(`^RETR ${number}$`).test(line) ? `${said}\r\n` : undefined),
  });
  for (const [name, faults] of [
    ['it gives none of several', refuse('-ERR cannot be read')],
    ['it says that a later try may succeed (SYS/TEMP)', refuse('-ERR [SYS/TEMP] no storage', '2')],
    ['it says that the maildrop is in use (IN-USE)', refuse('-ERR [IN-USE] locked', '2')],
  ] as const) {
    test(name, async () => {
      const messages = served(3);
      const server = await serve(messages, faults);
      for (let run = 0; run < 4; run++) {
        const { result, failed } = await collect(server, remove);
        assert.deepEqual([result, failed.some(({ setAside }) => setAside)], ['partial', false]);
        // So that it is asked for again under the same number.
        server.messages.splice(0, server.messages.length, ...messages);
      }
      server.faults = {};
      assert.equal((await collect(server, remove)).result, 'done');
      assert.deepEqual(mail(), texts(messages));
    });
  }
});

suite('answers that belong to nobody', () => {
  test('a bare dot in the last message: it is not taken for whole, and not deleted', async () => {
    const half = '+OK\r\nSubject: half\r\n\r\n.\r\nthe other half\r\n.\r\n';
    const server = await serve(served(3), { answer: (line) => (line === 'RETR 3' ? half : undefined) });
    await collect(server, { ...remove, retries: 0 });
    assert.deepEqual(mail(), texts(served(2)));
    assert.ok(server.messages.some(({ uniqueId }) => uniqueId === 'id-3'));
  });

  for (const pipelining of [true, false]) {
    test(`an extra line between answers, ${pipelining ? 'with' : 'without'} pipelining: nothing is stored under another’s name`, async () => {
      const messages = served(5);
      const server = await serve(messages, {
        pipelining,
        answer: (line) =>
          line === 'RETR 2' ? `${content(messages[1]?.text ?? '')}+OK stray\r\n` : undefined,
      });
      const { result, error } = await collect(server, { ...remove, retries: 0 });
      assert.equal(result, 'failed');
      assert.match(String(error), pipelining ? /message 3 begins with a status line/ : /stray/);
      const known = new Set(texts(messages));
      for (const one of mail()) assert.ok(known.has(one), one);
      server.faults = {};
      assert.equal((await collect(server, remove)).result, 'done');
      assert.deepEqual(mail(), texts(messages));
    });
  }

  test('an extra line before an answer: the message is not stored with it', async () => {
    const messages = served(5);
    const server = await serve(messages, {
      answer: (line, session) =>
        line === 'RETR 2' && session === 1 ? `+OK stray\r\n${content(messages[1]?.text ?? '')}` : undefined,
    });
    assert.equal((await collect(server, { retries: 1 })).result, 'done');
    assert.deepEqual(mail(), texts(messages));
  });
});

suite('deletions', () => {
  test('QUIT is refused: not done, and the next run deletes without retrieving (I11)', async () => {
    const server = await serve(served(5), once('QUIT', '-ERR some not removed\r\n'));
    const first = await collect(server, remove);
    assert.deepEqual([first.result, first.deleted, first.undeleted], ['partial', 0, 5]);
    const second = await collect(server, remove);
    assert.deepEqual([second.result, second.retrieved, second.deleted], ['done', 0, 5]);
    assert.equal(server.messages.length, 0);
    assert.equal(mail().length, 5);
  });

  test('QUIT is never answered: the run looks again, and deletes what is still there', async () => {
    const server = await serve(served(5), once('QUIT', null));
    const { result, retrieved, deleted } = await collect(server, { ...remove, retries: 1 });
    assert.deepEqual([result, retrieved, deleted], ['done', 5, 5]);
    assert.equal(server.retrieved, 5);
    assert.equal(server.messages.length, 0);
  });

  test('QUIT is carried out and never answered: the run finds out', async () => {
    const server = await serve(served(5));
    server.faults = {
      answer: (line, session) => {
        if (line !== 'QUIT' || session > 1) return undefined;
        server.messages.splice(0, 4);
        return null;
      },
    };
    const { result, retrieved, deleted } = await collect(server, { ...remove, retries: 1 });
    assert.deepEqual([result, retrieved, deleted], ['done', 5, 5]);
    assert.equal(mail().length, 5);
  });

  test('QUIT is never answered, in no session: that is an error, not a success (I11)', async () => {
    const server = await serve(served(5), { answer: (line) => (line === 'QUIT' ? null : undefined) });
    const { result, error } = await collect(server, { ...remove, retries: 1 });
    assert.equal(result, 'failed');
    assert.match(String(error), /closed/);
    assert.equal(mail().length, 5);
  });

  test('QUIT is never answered, and nothing was to be deleted: nobody is the worse for it', async () => {
    const server = await serve(served(5), { answer: (line) => (line === 'QUIT' ? null : undefined) });
    assert.equal((await collect(server)).result, 'done');
  });

  test('DELE is refused: not done, named, and asked again next time (I11)', async () => {
    const server = await serve(served(5), once('DELE 3', '-ERR no\r\n'));
    const events: string[] = [];
    const first = await collect(server, { ...remove, onEvent: ({ type }) => events.push(type) });
    assert.deepEqual([first.result, first.deleted, first.undeleted], ['partial', 4, 1]);
    assert.ok(events.includes('deletion-unconfirmed'));
    const second = await collect(server, remove);
    assert.deepEqual([second.result, second.retrieved, second.deleted], ['done', 0, 1]);
  });

  test('the server says +OK and deletes nothing: no duplicates, asked again', async () => {
    const server = await serve(served(5), { forgetsDeletions: true });
    assert.equal((await collect(server, remove)).deleted, 5);
    server.faults = {};
    const { retrieved, deleted } = await collect(server, remove);
    assert.deepEqual([retrieved, deleted, server.messages.length], [0, 5, 0]);
    assert.equal(mail().length, 5);
  });
});

suite('one poll of which the listing is wrong', () => {
  const refused = '-ERR not now\r\n';
  const faults: readonly (readonly [string, Faults, string])[] = [
    ['LIST refused', once('LIST', refused), 'failed'],
    [
      'LIST and UIDL refused',
      { answer: (line) => (line === 'LIST' || line === 'UIDL' ? refused : undefined) },
      'failed',
    ],
    ['UIDL refused', once('UIDL', refused), 'done'],
    ['STAT refused', once('STAT', refused), 'done'],
    ['everything empty', { listed: () => [] }, 'done'],
    ['everything short', { listed: (all) => all.slice(0, 3) }, 'done'],
    ['LIST short', once('LIST', '+OK\r\n1 100\r\n.\r\n'), 'done'],
    ['UIDL short', once('UIDL', '+OK\r\n1 id-1\r\n.\r\n'), 'done'],
    ['LIST empty', once('LIST', '+OK\r\n.\r\n'), 'done'],
    ['UIDL empty', once('UIDL', '+OK\r\n.\r\n'), 'done'],
    ['STAT with more than there is', once('STAT', '+OK 99 1\r\n'), 'done'],
    ['malformed lines', once('UIDL', '+OK\r\nx y z\r\n2 id-2\r\n.\r\n'), 'done'],
    ['cut in the listing', once('UIDL', '+OK\r\n1 id-1\r\n'), 'failed'],
  ];
  for (const [name, fault, expected] of faults) {
    test(`${name}: nothing is forgotten, nothing comes twice, nothing is deleted that is not home`, async () => {
      const messages = served(10);
      const server = await serve(messages);
      assert.equal((await collect(server)).retrieved, 10);
      server.faults = fault;
      const odd = await collect(server, {}, { timeouts: { idle: 100 } });
      assert.equal(odd.result, expected, String(odd.error));
      server.faults = {};
      assert.equal((await collect(server)).retrieved, 0);
      server.faults = fault;
      await collect(server, remove, { timeouts: { idle: 100 } });
      server.faults = {};
      assert.equal((await collect(server, remove)).result, 'done');
      assert.equal(server.messages.length, 0);
      assert.deepEqual(mail(), texts(messages));
    });
  }
});

suite('servers with odd unique-ids and sizes', () => {
  test('neither unique-ids nor TOP: all come, and once', async () => {
    const answer = (line: string): string | undefined =>
      /^(?:UIDL|TOP)/.test(line) ? '-ERR\r\n' : undefined;
    const messages = served(100);
    const server = await serve(messages, { answer });
    assert.deepEqual([(await collect(server)).retrieved, (await collect(server)).known], [100, 100]);
    assert.deepEqual(mail(), texts(messages));
    assert.equal((await collect(server, remove)).deleted, 100);
  });

  test('neither unique-ids nor headers that can be read: what stays for that reason is not done', async () => {
    const server = await serve(served(2), {
      answer: (line) => (/^(?:UIDL|TOP|RETR 2)/.test(line) ? '-ERR\r\n' : undefined),
    });
    const { result, retrieved, skipped } = await collect(server);
    assert.deepEqual([result, retrieved, skipped], ['partial', 1, 1]);
  });

  test('messages without any octets: they come, and so do those before them', async () => {
    const [one, two, three, four] = served(4);
    assert.ok(one && two && three && four);
    const messages = [one, { ...two, text: '' }, { ...three, text: '' }, four];
    const server = await serve(messages);
    const { result, retrieved, deleted } = await collect(server, remove);
    assert.deepEqual([result, retrieved, deleted], ['done', 4, 4]);
    assert.deepEqual(mail(), texts(messages));
  });

  test('where nothing is new, nothing is asked for', async () => {
    const server = await serve(served(3));
    await collect(server);
    const before = server.server.received.length;
    await collect(server);
    assert.doesNotMatch(server.server.received.slice(before), /RETR|TOP|NOOP|DELE/);
  });

  test('all changed from one poll to the next: nothing is fetched again', async () => {
    const server = await serve(served(20));
    await collect(server);
    server.faults = { uniqueId: (uniqueId) => `moved-${uniqueId}` };
    assert.equal((await collect(server)).retrieved, 0);
    assert.equal((await collect(server, remove)).deleted, 20);
    assert.deepEqual(mail(), texts(served(20)));
  });

  test('one for all messages: all come, once; only what is home is deleted', async () => {
    const messages = served(6);
    const server = await serve(messages.slice(0, 3), { uniqueId: () => 'the-same' });
    assert.equal((await collect(server)).retrieved, 3);
    server.messages.push(...messages.slice(3));
    const second = await collect(server, { ...remove, limit: 1 });
    assert.deepEqual([second.retrieved, second.deleted, server.messages.length], [1, 4, 2]);
    assert.equal((await collect(server, remove)).deleted, 2);
    assert.deepEqual(mail(), texts(messages));
  });

  for (const [name, octets] of [
    ['too small', 1],
    ['too large', 99_999_999],
  ] as const) {
    test(`announced sizes ${name}: the content is what comes up to the terminator`, async () => {
      const listing = `+OK\r\n${[1, 2, 3].map((number) => `${number} ${octets}\r\n`).join('')}.\r\n`;
      const server = await serve(served(3), { answer: (line) => (line === 'LIST' ? listing : undefined) });
      assert.equal((await collect(server, remove)).deleted, 3);
      assert.deepEqual(mail(), texts(served(3)));
    });
  }

  test('only a part is listed in each session: further sessions, until nothing is new', async () => {
    const home = new Set<number>();
    const server = await serve(served(25), {
      listed: (all) => all.filter((number) => !home.has(number)).slice(0, 10),
      answer: (line) => {
        const number = /^RETR (\d+)$/.exec(line)?.[1];
        if (number !== undefined) home.add(Number(number));
        return undefined;
      },
    });
    const { retrieved, result } = await collect(server, { untilNothingNew: true });
    assert.deepEqual([result, retrieved, server.server.connections], ['done', 25, 4]);
    assert.deepEqual(mail(), texts(served(25)));
  });
});

suite('servers that want to be asked later', () => {
  const busy = (code: string): Faults => ({
    answer: (line, session) =>
      line.startsWith('PASS') && session === 1 ? `-ERR [${code}] later\r\n` : undefined,
  });
  test('IN-USE: the run tries again', async () => {
    const server = await serve(served(3), busy('IN-USE'));
    assert.equal((await collect(server, { retries: 2 })).result, 'done');
    assert.equal(server.server.connections, 2);
  });
  test('LOGIN-DELAY: this run does not', async () => {
    const server = await serve(served(3), busy('LOGIN-DELAY'));
    assert.equal((await collect(server, { retries: 2 })).result, 'failed');
    assert.equal(server.server.connections, 1);
  });
  test('AUTH: neither', async () => {
    const server = await serve(served(3), busy('AUTH'));
    assert.equal((await collect(server, { retries: 2 })).result, 'failed');
    assert.equal(server.server.connections, 1);
  });
  for (const [delay, sessions] of [
    [60, 1],
    [900, 1],
  ] as const) {
    test(`a capability LOGIN-DELAY ${delay}, known since the login, holds before a retry too`, async () => {
      const server = await serve(served(3), {
        ...once('RETR 2', null),
        capabilities: [`LOGIN-DELAY ${delay}`],
      });
      const abort = new AbortController();
      const delays: number[] = [];
      const { result } = await collect(server, {
        retries: 2,
        signal: abort.signal,
        onEvent: (event) => {
          if (event.type !== 'retry') return;
          delays.push(event.delay);
          abort.abort();
        },
      });
      assert.equal(server.server.connections, sessions);
      // Nobody waits for longer than five minutes.
      assert.deepEqual([result, delays], delay === 60 ? ['interrupted', [60_000]] : ['failed', []]);
    });
  }
});

test('ended by the user in the middle: what came is recorded, the rest stays, and the next run brings it', async () => {
  const server = await serve(served(200));
  const abort = new AbortController();
  let delivered = 0;
  const { result, retrieved } = await collect(server, {
    ...remove,
    signal: abort.signal,
    onEvent: ({ type }) => {
      if (type === 'delivered' && ++delivered === 10) abort.abort();
    },
  });
  assert.equal(result, 'interrupted');
  assert.equal(mail().length, retrieved);
  assert.equal((await collect(server, remove)).result, 'done');
  assert.deepEqual(mail(), texts(served(200)));
  assert.equal(server.messages.length, 0);
});

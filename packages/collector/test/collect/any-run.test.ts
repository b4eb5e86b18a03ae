import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  type CollectResult,
  DestinationError,
  MaildirDestination,
  type Retention,
  SqliteLedger,
} from '../../src/index.ts';
import { failOnce } from '../support/failing-ledger.ts';
import {
  content,
  type Faults,
  type FaultyServer,
  type ServedMessage,
  startFaultyServer,
} from '../support/faulty-server.ts';
import { type fileKinds, leftovers, makeDestination, visibleMessages } from '../support/file-destination.ts';
import { makeScene, readMaildir, type Scene } from '../support/scene.ts';

// A server, a ledger and two Maildirs, and runs between them that go wrong in every way that a run can. Other programs use the maildrop too.

const day = 86_400_000;
const numRuns = Number(process.env['POSTRIDER_RUNS'] ?? 20);

/** What can happen in a world. Not everything at once: some of it together leaves nothing to recognise a message by. */
interface Kind {
  /** How the server gives unique-ids: each one once; again, as soon as they are free; or one for all messages. */
  readonly naming: 'honest' | 'reused' | 'same';
  /** Of the first destination. */
  readonly destination: (typeof fileKinds)[number];
  /** Unique-ids all change, and UIDL is refused at times. */
  readonly forgetful: boolean;
  /** Only some of the messages are listed at times, and the ledger may lose what is at home already. */
  readonly lossy: boolean;
}

const run = fc.record({
  type: fc.constant('run' as const),
  retention: fc.constantFrom<Retention>(
    { type: 'keep' },
    { type: 'delete' },
    { type: 'delete-after', after: 2 * day },
  ),
  limit: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 3 }),
  days: fc.nat(2),
  /** The connection is cut instead of the answer to this line, in so many sessions of the run. */
  cutAt: fc.option(fc.integer({ min: 4, max: 40 }), { nil: undefined, freq: 2 }),
  cutSessions: fc.integer({ min: 1, max: 3 }),
  quit: fc.constantFrom('ok', 'ok', 'unheard', 'lost', 'refused'),
  top: fc.constantFrom('right', 'right', 'refused', 'strange', 'empty'),
  uidl: fc.constantFrom('right', 'right', 'right', 'refused'),
  pipelining: fc.boolean(),
  /** So many messages are listed, as if there were no others. */
  lists: fc.option(fc.nat(3), { nil: undefined, freq: 6 }),
  /** The ledger fails at this commit of the run, and did or did not record what it was told. */
  failsAt: fc.option(fc.nat(8), { nil: undefined, freq: 4 }),
  recordsFirst: fc.boolean(),
  /** The user has enough at this line of the server's. */
  abortAt: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 6 }),
  /** The second destination. */
  second: fc.constantFrom('up', 'up', 'full', 'lost'),
});
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ type: fc.constant('arrive' as const), count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('disappear' as const), index: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('replace' as const), index: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('touch' as const), index: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('migrate' as const) }) },
  { weight: 6, arbitrary: run },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const whole = /^Status: [NO]\nMessage-ID: <(\d{4})@x>\nSubject: x\n\n\.\nend of it \1\n$/;

const clean: Run = {
  type: 'run',
  retention: { type: 'keep' },
  limit: undefined,
  days: 0,
  cutAt: undefined,
  cutSessions: 1,
  quit: 'ok',
  top: 'right',
  uidl: 'right',
  pipelining: true,
  lists: undefined,
  failsAt: undefined,
  recordsFirst: false,
  abortAt: undefined,
  second: 'up',
};

/** Takes some messages, and then no more: before it got them, or without a word about whether it did. */
class FlakyMaildir extends MaildirDestination {
  state: Run['second'] = 'up';

  override begin(...args: Parameters<MaildirDestination['begin']>): ReturnType<MaildirDestination['begin']> {
    if (this.state === 'full') throw this.#error();
    return super.begin(...args);
  }

  override async commit(
    ...[deliveries]: Parameters<MaildirDestination['commit']>
  ): ReturnType<MaildirDestination['commit']> {
    const results = await super.commit(deliveries);
    if (this.state === 'lost') throw this.#error();
    return results;
  }

  #error(): DestinationError {
    const failure = { step: 'write', scope: 'destination', transient: true } as const;
    return new DestinationError('it is away', { destination: this.name, ...failure });
  }
}

class World {
  readonly #kind: Kind;
  readonly #scene: Scene;
  readonly #server: FaultyServer;
  readonly #violations: string[] = [];
  #count = 0;
  #now = 1_700_000_000_000;

  constructor(kind: Kind, scene: Scene, server: FaultyServer) {
    this.#kind = kind;
    this.#scene = scene;
    this.#server = server;
  }

  get #maildrop(): ServedMessage[] {
    return this.#server.messages;
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const one of steps) {
      if (one.type === 'arrive') for (let left = one.count; left > 0; left--) this.#arrive();
      else if (one.type === 'disappear') this.#maildrop.splice(one.index, 1);
      else if (one.type === 'replace') this.#replace(one.index);
      else if (one.type === 'touch') this.#change(one.index, touched);
      else if (one.type === 'migrate') this.#migrate();
      else await this.run(one);
    }
  }

  async run({ retention, limit, days, second, ...faults }: Run): Promise<CollectResult> {
    const { folder } = this.#scene;
    this.#now += days * day + 1;
    const abort = new AbortController();
    this.#server.faults = this.#faults(faults, () => abort.abort(new Error('enough')));
    const away = new FlakyMaildir({ path: join(folder, 'second') });
    away.state = second;
    await using sqlite = new SqliteLedger(join(folder, 'ledger'));
    const result = await this.#scene.collect({
      ledger: failOnce(sqlite, faults.failsAt, !this.#kind.lossy || faults.recordsFirst),
      destinations: [makeDestination(this.#kind.destination, folder), away],
      login: () => this.#server.login(),
      signal: abort.signal,
      retention,
      limit,
      retries: 1,
      setAsideAfter: 1000,
      now: () => this.#now,
    });
    assert.deepEqual(this.#violations, []);
    for (const home of this.#homes) {
      for (const text of home) assert.ok(whole.test(text), text);
      assert.equal(new Set(home.map(numberOf)).size, home.length, `twice: ${home.map(numberOf)}`);
    }
    assert.deepEqual(leftovers(this.#kind.destination, folder), []);
    return result;
  }

  /** Everything on the server is at home, and can be deleted then. */
  async end(): Promise<void> {
    await this.run(clean);
    // Where a unique-id and the octets are the same, nobody looks before something is deleted.
    for (const { text } of this.#kind.naming === 'honest' ? this.#maildrop : [])
      assert.ok(this.#isHome(text), `not at home: ${numberOf(text)}`);
    for (const retention of ['delete', 'delete', 'keep'] as const) {
      const { result, error } = await this.run({ ...clean, retention: { type: retention } });
      assert.equal(result, 'done', String(error));
    }
    assert.deepEqual(
      this.#maildrop.map(({ text }) => numberOf(text)),
      [],
      'never deleted',
    );
  }

  #arrive(): void {
    this.#count++;
    const number = String(this.#count).padStart(4, '0');
    const text = `Status: N\r\nMessage-ID: <${number}@x>\r\nSubject: x\r\n\r\n.\r\nend of it ${number}\r\n`;
    this.#maildrop.push({ uniqueId: this.#name(), text });
  }

  #replace(index: number): void {
    if (this.#maildrop.splice(index, 1).length > 0) this.#arrive();
  }

  #name(): string {
    if (this.#kind.naming === 'same') return 'same';
    if (this.#kind.naming === 'honest') return `id ${++this.#names}`;
    const taken = new Set(this.#maildrop.map(({ uniqueId }) => uniqueId));
    for (let number = 1; ; number++) if (!taken.has(`id ${number}`)) return `id ${number}`;
  }
  #names = 0;

  #migrate(): void {
    if (!this.#kind.forgetful) return;
    for (const index of this.#maildrop.keys())
      this.#change(index, (message) => ({ ...message, uniqueId: this.#name() }));
  }

  #change(index: number, change: (message: ServedMessage) => ServedMessage): void {
    const message = this.#maildrop[index];
    if (message !== undefined) this.#maildrop[index] = change(message);
  }

  #faults(
    {
      cutAt,
      cutSessions,
      quit,
      top,
      uidl,
      lists,
      abortAt,
      pipelining,
    }: Omit<Run, 'retention' | 'limit' | 'days' | 'second'>,
    abort: () => void,
  ): Faults {
    const { forgetful, lossy } = this.#kind;
    let all = 0;
    let lines = 0;
    let cuts = 0;
    let session = 0;
    let listed: readonly ServedMessage[] = [];
    let deleted = new Set<ServedMessage>();
    const answer: Faults['answer'] = (line, count) => {
      if (count !== session) {
        session = count;
        lines = 0;
        listed = [...this.#maildrop];
        deleted = new Set();
      }
      lines++;
      if (++all === abortAt) abort();
      if (lines === cutAt && cuts < cutSessions) {
        cuts++;
        return null;
      }
      const [verb, word] = line.split(' ');
      const message = listed[Number(word) - 1];
      if (verb === 'UIDL' && uidl === 'refused' && forgetful) return '-ERR\r\n';
      if (verb === 'TOP' && top === 'refused') return '-ERR\r\n';
      if (verb === 'TOP' && top === 'strange')
        return content(`Received: by TOP\r\n${message?.text.split('\r\n\r\n', 1)[0]}\r\n\r\n`);
      if (verb === 'TOP' && top === 'empty') return '+OK\r\n.\r\n';
      if (verb === 'DELE' && message !== undefined) {
        deleted.add(message);
        if (!this.#isHome(message.text)) this.#violations.push(`deleted: ${numberOf(message.text)}`);
      }
      if (verb !== 'QUIT' || quit === 'ok') return undefined;
      if (quit === 'refused') return '-ERR\r\n';
      if (quit === 'unheard')
        this.#maildrop.splice(0, this.#maildrop.length, ...this.#maildrop.filter((one) => !deleted.has(one)));
      return null;
    };
    return { answer, pipelining, listed: (numbers) => (lossy ? numbers.slice(0, lists) : numbers) };
  }

  // In both places.
  #isHome(text: string): boolean {
    return this.#homes.every((home) => home.map(numberOf).includes(numberOf(text)));
  }

  get #homes(): string[][] {
    const { folder } = this.#scene;
    const second = join(folder, 'second');
    return [
      visibleMessages(this.#kind.destination, folder),
      existsSync(join(second, 'cur')) && existsSync(join(second, 'new')) ? readMaildir(second) : [],
    ];
  }
}

function touched(message: ServedMessage): ServedMessage {
  return { ...message, text: message.text.replace('Status: N', 'Status: O') };
}

function numberOf(text: string): string {
  return /end of it (\d+)/.exec(text)?.[1] ?? text;
}

suite('any sequence of runs, whatever goes wrong in them', () => {
  const kinds: readonly (readonly [name: string, kind: Kind])[] = [
    [
      'unique-ids that all change at times',
      { naming: 'honest', destination: 'maildir', forgetful: true, lossy: false },
    ],
    ['good unique-ids', { naming: 'honest', destination: 'mbox', forgetful: false, lossy: true }],
    [
      'unique-ids that are used again',
      { naming: 'reused', destination: 'eml', forgetful: false, lossy: true },
    ],
    [
      'one unique-id for all messages',
      { naming: 'same', destination: 'maildir', forgetful: true, lossy: false },
    ],
  ];
  for (const [name, kind] of kinds) {
    test(`${name}: nothing is deleted that is not at home, everything comes once and can be deleted (I4, I6)`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16, size: 'max' }), async (steps) => {
          await using scene = await makeScene([]);
          await using server = await startFaultyServer([]);
          const world = new World(kind, scene, server);
          await world.play(steps);
          await world.end();
        }),
        { numRuns },
      );
    });
  }
});

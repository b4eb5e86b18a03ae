import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { planSession, type Retention } from '../../src/plan/index.ts';
import { Entries } from '../support/plan-scene.ts';

// A mail server, a ledger and a destination in memory, and sessions between them that go wrong in every way that a session can.

interface Message {
  readonly body: number;
  readonly octets: number;
  uniqueId: string;
}

const fault = fc.constantFrom(
  'none',
  'none',
  'uidl-refused',
  'uidl-short',
  'list-short',
  'both-short',
  'empty',
  'reversed',
  'top-refused',
);

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant('arrive' as const), octets: fc.constantFrom(100, 100, 200) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('disappear' as const), index: fc.nat(20) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('session' as const),
      fault,
      short: fc.nat(5),
      // After so many deliveries the process is killed.
      killedAfter: fc.option(fc.nat(4), { nil: undefined }),
      failing: fc.option(fc.nat(10), { nil: undefined }),
      retention: fc.constantFrom<Retention>({ type: 'keep' }, { type: 'delete' }),
      limit: fc.option(fc.nat(3), { nil: undefined }),
      quit: fc.constantFrom('ok', 'unanswered', 'lost'),
    }),
  },
);
type Session = Extract<typeof step extends fc.Arbitrary<infer T> ? T : never, { type: 'session' }>;

class World {
  readonly maildrop: Message[] = [];
  readonly ledger = new Entries();
  /** What is at the destination: which message was stored under which key. */
  readonly delivered = new Map<string, number>();
  #bodies = 0;
  #names = 0;
  #now = 1_700_000_000_000;
  readonly #repeats: boolean;

  /** `repeats`: the server gives every message the same unique-id. */
  constructor(repeats: boolean) {
    this.#repeats = repeats;
  }

  arrive(octets: number): void {
    this.#bodies++;
    // With nothing but a size to go by, messages of one size cannot be told apart.
    const size = this.#repeats ? 1000 + this.#bodies : octets;
    this.maildrop.push({ body: this.#bodies, octets: size, uniqueId: this.#name() });
  }

  migrate(): void {
    for (const message of this.maildrop) message.uniqueId = this.#name();
  }

  session({ fault, short, killedAfter, failing, retention, limit, quit }: Session): void {
    this.#now += 60_000;
    const listed = [...this.maildrop.entries()].map(([index, message]) => ({
      messageNumber: index + 1,
      ...message,
    }));
    const some = listed.slice(0, Math.max(1, short));
    const shown = fault === 'empty' ? [] : fault === 'both-short' ? some : listed;
    const scan = fault === 'list-short' ? some : fault === 'reversed' ? shown.toReversed() : shown;
    const uniqueIds = fault === 'uidl-refused' ? undefined : fault === 'uidl-short' ? some : shown;
    const headerHashes = new Map<number, string | undefined>();
    const decide = () =>
      planSession({
        scan,
        uniqueIds,
        messages: this.maildrop.length,
        entries: this.ledger.map.values(),
        firstRun: false,
        headerHashes,
        options: { retention, limit },
        now: this.#now,
      });
    let plan = decide();
    for (let round = 0; plan.needHeaderHash.length > 0; round++) {
      assert.ok(round < 3, 'the plan asks for ever');
      for (const number of plan.needHeaderHash) {
        headerHashes.set(number, fault === 'top-refused' ? undefined : this.#hash(number));
      }
      plan = decide();
    }
    this.ledger.commit(plan.bookkeeping);
    const marked: { key: string; number: number }[] = [...plan.delete].map(
      ({ key, messageNumber: number }) => ({
        key,
        number,
      }),
    );
    let count = 0;
    for (const { key, messageNumber: number, uniqueId, octets, thenDelete } of plan.retrieve) {
      if (count++ === killedAfter) return;
      const body = this.maildrop[number - 1]?.body ?? 0;
      const message = { key, uniqueId, octets, headerHash: undefined };
      if (body === failing) {
        this.ledger.commit([{ type: 'failed', message, reason: '-ERR', at: this.#now }]);
        continue;
      }
      assert.ok(!this.delivered.has(key), `${key} is delivered twice`);
      assert.ok(![...this.delivered.values()].includes(body), `message ${body} is delivered twice`);
      this.delivered.set(key, body);
      this.ledger.commit([
        {
          type: 'delivered',
          message: { ...message, headerHash: this.#hash(number) },
          destination: 'd',
          complete: true,
          receivedOctets: this.maildrop[number - 1]?.octets,
          at: this.#now,
        },
      ]);
      if (thenDelete) marked.push({ key, number });
    }
    this.#delete(marked, quit);
  }

  /** Everything on the server is at home. */
  get complete(): boolean {
    const home = new Set(this.delivered.values());
    return this.maildrop.every(({ body }) => home.has(body));
  }

  #delete(marked: readonly { key: string; number: number }[], quit: Session['quit']): void {
    const at = this.#now;
    // Throws where one is not recorded as delivered.
    this.ledger.commit(marked.map(({ key }) => ({ type: 'delete-requested', key, at })));
    for (const { number } of marked) {
      const body = this.maildrop[number - 1]?.body ?? 0;
      assert.ok(
        [...this.delivered.values()].includes(body),
        `message ${body} is deleted and was not delivered`,
      );
    }
    if (quit === 'lost') return;
    const gone = new Set(marked.map(({ number }) => number - 1));
    this.maildrop.splice(0, this.maildrop.length, ...this.maildrop.filter((_, index) => !gone.has(index)));
    if (quit === 'ok') this.ledger.commit(marked.map(({ key }) => ({ type: 'gone', key, at })));
  }

  #hash(number: number): string {
    return `header ${this.maildrop[number - 1]?.body}`;
  }

  #name(): string {
    this.#names++;
    return this.#repeats ? 'the same' : `name ${this.#names}`;
  }
}

const clean: Session = {
  type: 'session',
  fault: 'none',
  short: 0,
  killedAfter: undefined,
  failing: undefined,
  retention: { type: 'keep' },
  limit: undefined,
  quit: 'ok',
};

function play(world: World, steps: Iterable<typeof step extends fc.Arbitrary<infer T> ? T : never>): void {
  for (const one of steps) {
    if (one.type === 'arrive') world.arrive(one.octets);
    else if (one.type === 'disappear') world.maildrop.splice(one.index, 1);
    else world.session(one);
  }
}

suite('any sequence of sessions, whatever goes wrong in them', () => {
  for (const repeats of [false, true]) {
    const name = repeats ? 'one unique-id for all messages' : 'good unique-ids';
    test(`${name}: nothing is fetched twice, nothing is deleted that was not delivered, everything comes home (I6)`, () => {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
          const world = new World(repeats);
          play(world, steps);
          world.session(clean);
          assert.ok(world.complete);
        }),
        { numRuns: 5000 },
      );
    });
  }

  test('all unique-ids change at some time: still nothing is fetched twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), fc.array(step, { maxLength: 15 }), (before, behind) => {
        const world = new World(false);
        play(world, before);
        world.session(clean);
        world.migrate();
        world.session(clean);
        play(world, behind);
        world.session(clean);
        assert.ok(world.complete);
      }),
      { numRuns: 3000 },
    );
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LedgerEntry, Plan, PlanInput } from '../../src/plan/index.ts';
import { planSession } from '../../src/plan/index.ts';
import { entry, input, now, parts } from '../support/plan-scene.ts';

/** Plans, answers what the plan asks with `hashes[messageNumber - 1]`, and plans again. */
function planWith(
  hashes: readonly (string | undefined)[],
  given: PlanInput,
): { plan: Plan; asked: Set<number> } {
  const headerHashes = new Map<number, string | undefined>();
  for (;;) {
    const plan = planSession({ ...given, headerHashes });
    if (plan.needHeaderHash.length === 0) return { plan, asked: new Set(headerHashes.keys()) };
    for (const number of plan.needHeaderHash) headerHashes.set(number, hashes[number - 1]);
  }
}

const remove = { retention: { type: 'delete' } } as const;
const known = (number: number, changes: Partial<LedgerEntry> = {}): LedgerEntry =>
  entry(`id${number}`, { headerHash: `hash${number}`, ...changes });

suite('a unique-id twice in one listing', () => {
  test('new ones are all retrieved, under keys of their own', () => {
    const { plan } = planWith(['x', 'y', 'y'], input(['same', 'same', 'same']));
    assert.deepEqual(parts(plan), { retrieve: [1, 2, 3] });
    assert.equal(new Set([...plan.retrieve].map(({ key }) => key)).size, 3);
    assert.ok(plan.notes.some(({ code }) => code === 'repeated-unique-id'));
  });
  test('known ones are told apart by header, whatever their order', () => {
    const entries = ['x', 'y'].map((headerHash) => entry('same', { key: `h:${headerHash}`, headerHash }));
    const { plan } = planWith(
      ['new', 'y', 'x'],
      input(['same', 'same', 'same'], { entries, options: remove }),
    );
    assert.deepEqual(parts(plan), { retrieve: [1], delete: [2, 3] });
  });
  test('the same header and other octets: another message', () => {
    const entries = [entry('same', { headerHash: 'x', octets: 100 })];
    const { plan } = planWith(
      ['x', 'x'],
      input(['same', 'same'], { entries, octets: [200, 100], options: remove }),
    );
    assert.deepEqual(parts(plan), { retrieve: [1], delete: [2] });
  });
  test('a header that cannot be read: left alone, and named', () => {
    const { plan } = planWith([undefined, 'y'], input(['same', 'same'], { options: remove }));
    assert.deepEqual(parts(plan), { skipped: [1], retrieve: [2] });
    assert.equal([...plan.skipped][0]?.reason, 'unidentified');
  });
});

suite('a unique-id that the server uses again', () => {
  test('for a message with other octets and another header: it is new', () => {
    const { plan } = planWith(
      ['other'],
      input(['id1'], { entries: [known(1)], octets: [999], options: remove }),
    );
    assert.deepEqual(parts(plan), { retrieve: [1] });
    assert.notEqual([...plan.retrieve][0]?.key, 'u:id1');
    assert.ok(plan.notes.some(({ code }) => code === 'unique-id-reused'));
  });
  test('other octets and the same header: the server counts in another way', () => {
    const { plan } = planWith(
      ['hash1'],
      input(['id1'], { entries: [known(1)], octets: [999], options: remove }),
    );
    assert.deepEqual(parts(plan), { delete: [1] });
    assert.deepEqual(
      [...plan.bookkeeping].map(({ type }) => type),
      ['listed'],
    );
  });
  test('octets as they were received: the header is not even asked for', () => {
    const entries = [known(1, { receivedOctets: 999 })];
    const { plan, asked } = planWith([], input(['id1'], { entries, octets: [999] }));
    assert.deepEqual([parts(plan), asked.size], [{ known: [1] }, 0]);
  });
  for (const octets of [100, 999]) {
    test(`after a deletion, for another message of ${octets} octets: it is new`, () => {
      const entries = [known(1, { state: 'gone' })];
      const { plan } = planWith(['other'], input(['id1'], { entries, octets: [octets], options: remove }));
      assert.deepEqual(parts(plan), { retrieve: [1] });
    });
  }
  for (const [hash, part] of [
    ['other', 'retrieve'],
    ['hash1', 'known'],
  ] as const) {
    test(`after a while in which it was not listed: its header decides (${part})`, () => {
      const entries = [known(1, { vanishedAt: now })];
      const { plan } = planWith([hash], input(['id1'], { entries }));
      assert.deepEqual(parts(plan), { [part]: [1] });
    });
  }
  for (const state of ['noted', 'set-aside'] as const) {
    test(`after a while in which one that is ${state} was not listed, with other octets: it is new`, () => {
      const entries = [known(1, { state, headerHash: undefined, vanishedAt: now })];
      const { plan } = planWith(['other'], input(['id1'], { entries, octets: [999] }));
      assert.deepEqual(parts(plan), { retrieve: [1] });
      const same = planWith(['other'], input(['id1'], { entries }));
      assert.equal(same.asked.size, 0);
    });
  }
  test('with other octets, where only some destinations have the first: nothing is made up of both', () => {
    const entries = [known(1, { state: 'listed' })];
    const { plan } = planWith(['other'], input(['id1'], { entries, octets: [999] }));
    assert.deepEqual(
      [...plan.retrieve].map(({ delivered }) => delivered),
      [[]],
    );
  });
  test('several times: its header decides, whatever its size', () => {
    const entries = [known(1), known(1, { key: 'h:2', headerHash: 'hash2', state: 'gone' })];
    const { plan } = planWith(['other'], input(['id1'], { entries, options: remove }));
    assert.deepEqual(parts(plan), { retrieve: [1] });
  });
});

suite('all unique-ids changed', () => {
  const entries = [1, 2, 3].map((number) => known(number, { octets: number * 100 }));
  test('known messages are recognised by header and octets, and adopt their new unique-ids', () => {
    const given = input(['new1', 'new2', 'new3', 'new4'], { entries, octets: [100, 200, 300, 400] });
    const { plan } = planWith(['hash1', 'hash2', 'hash3', 'hash4'], given);
    assert.deepEqual(parts(plan), { known: [1, 2, 3], retrieve: [4] });
    assert.deepEqual(
      [...plan.bookkeeping].flatMap((record) =>
        record.type === 'adopt' ? [[record.key, record.uniqueId]] : [],
      ),
      [
        ['u:id1', 'new1'],
        ['u:id2', 'new2'],
        ['u:id3', 'new3'],
      ],
    );
    assert.ok(plan.notes.some(({ code }) => code === 'migration'));
  });
  test('the same header with other octets is not taken for a known message', () => {
    const given = input(['new1'], { entries, octets: [101], options: remove });
    assert.deepEqual(parts(planWith(['hash1'], given).plan), { retrieve: [1] });
  });
  test('a header that cannot be read: left for another session, and named', () => {
    assert.deepEqual(parts(planWith([undefined], input(['new1'], { entries })).plan), { skipped: [1] });
  });
  test('a few new ones among known ones: nobody asks for headers', () => {
    const given = input(['id1', 'id2', 'new'], { entries, octets: [100, 200, 300] });
    const { plan, asked } = planWith([], given);
    assert.deepEqual([parts(plan), asked.size], [{ known: [1, 2], retrieve: [3] }, 0]);
  });
});

suite('without unique-ids', () => {
  const nameless = { uniqueIds: undefined };
  test('messages are known by their headers', () => {
    const entries = [entry(undefined, { headerHash: 'x' })];
    const { plan } = planWith(['x', 'y'], input(['', ''], { ...nameless, entries, options: remove }));
    assert.deepEqual(parts(plan), { delete: [1], retrieve: [2] });
  });
  test('two with the same header and octets are two', () => {
    const { plan } = planWith(['x', 'x'], input(['', ''], nameless));
    assert.equal(new Set([...plan.retrieve].map(({ key }) => key)).size, 2);
  });
  test('UIDL refused for once: known messages are recognised by their headers', () => {
    const { plan } = planWith(
      ['hash2', 'hash1', 'new'],
      input(['', '', ''], { ...nameless, entries: [known(1), known(2)] }),
    );
    assert.deepEqual(parts(plan), { known: [1, 2], retrieve: [3] });
    assert.ok(plan.notes.some(({ code }) => code === 'no-unique-ids'));
  });
  test('UIDL refused, and nothing is listed: nobody can say what is gone', () => {
    const plan = planSession({ ...input([]), uniqueIds: undefined, entries: [known(1)] });
    assert.equal(plan.complete, false);
    assert.deepEqual([...plan.bookkeeping], []);
    assert.ok(plan.notes.some(({ code }) => code === 'no-unique-ids'));
  });
  test('UIDL refused, and some are known by unique-id alone: nothing is fetched that may be one of them', () => {
    const entries = [known(1), known(2, { headerHash: undefined, octets: undefined })];
    const { plan } = planWith(
      ['hash1', 'perhaps'],
      input(['', ''], { ...nameless, entries, options: remove }),
    );
    assert.deepEqual(parts(plan), { delete: [1], skipped: [2] });
  });
  test('UIDL short for once: the others are recognised by their headers', () => {
    const uniqueIds = [{ messageNumber: 1, uniqueId: 'id1' }];
    const { plan } = planWith(['', 'hash2'], input(['', ''], { uniqueIds, entries: [known(1), known(2)] }));
    assert.deepEqual(parts(plan), { known: [1, 2] });
  });
  test('a message that was fetched without its unique-id is recognised when it has one', () => {
    const entries = [known(1), entry(undefined, { headerHash: 'x' })];
    const { plan } = planWith(['', 'x', 'y'], input(['id1', 'id2', 'id3'], { entries }));
    assert.deepEqual(parts(plan), { known: [1, 2], retrieve: [3] });
    assert.deepEqual(
      [...plan.bookkeeping].map(({ type }) => type),
      ['adopt'],
    );
  });
});

test('unique-ids are data: names of properties, paths and SQL are like any other', () => {
  const ids = ['__proto__', 'constructor', '../../etc/passwd', "' OR 1=1 --", '$(id)', 'x'.repeat(5000)];
  const plan = planSession(input(ids, { entries: [entry('__proto__')] }));
  assert.deepEqual(parts(plan), { known: [1], retrieve: [2, 3, 4, 5, 6] });
});

test('each of many messages that nothing tells apart gets a key of its own, without trying all of the others', (t) => {
  const count = 500;
  const looks = t.mock.method(Set.prototype, 'has').mock;
  const { plan } = planWith(
    Array.from({ length: count }, () => 'the same'),
    input(
      Array.from({ length: count }, () => ''),
      { uniqueIds: undefined },
    ),
  );
  assert.equal(new Set([...plan.retrieve].map(({ key }) => key)).size, count);
  assert.ok(looks.callCount() <= 10 * count, `looked ${looks.callCount()} times`);
});

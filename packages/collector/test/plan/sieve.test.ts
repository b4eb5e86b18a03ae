import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  type EntryState,
  joinListings,
  type LedgerEntry,
  type Plan,
  type PlanOptions,
  planListing,
  planSession,
  Sieve,
} from '../../src/plan/index.ts';
import { day, entry, input, now } from '../support/plan-scene.ts';

const uniqueId = fc.constantFrom('a', 'b', 'c', 'd', 'a#2');
const hash = fc.constantFrom('one', 'two', undefined);
const nameless = fc.constantFrom(false, false, false, false, true);
const octets = fc.constantFrom(100, 200);

const known = fc
  .record({
    uniqueId: fc.option(uniqueId, { nil: undefined, freq: 6 }),
    octets: fc.option(octets, { nil: undefined, freq: 6 }),
    headerHash: hash,
    state: fc.constantFrom<EntryState>('listed', 'noted', 'delivered', 'delivered', 'set-aside', 'gone'),
    vanishedAt: fc.constantFrom(undefined, undefined, now - day, now - 40 * day),
    deleteRequestedAt: fc.constantFrom(undefined, undefined, now - day),
    // Where the server has changed the unique-id, the key holds an earlier one.
    named: fc.option(uniqueId, { nil: undefined }),
  })
  .map(({ named, ...rest }): LedgerEntry => {
    const { uniqueId, headerHash } = rest;
    const key = named === undefined ? `h:${headerHash}:${uniqueId ?? ''}` : `u:${named}`;
    return { ...entry(uniqueId), ...rest, key };
  });

const options = fc.constantFrom<PlanOptions>(
  {},
  { retention: { type: 'delete' } },
  { retention: { type: 'delete-after', after: 2 * day } },
  { retention: { type: 'delete-after', after: day } },
);

/** A plan as a value that can be compared. The order in which its facts are recorded means nothing. */
function held(plan: Plan): object {
  const bookkeeping = [...plan.bookkeeping].map((record) => JSON.stringify(record)).sort();
  return {
    ...plan,
    retrieve: [...plan.retrieve],
    delete: [...plan.delete],
    skipped: [...plan.skipped],
    bookkeeping,
  };
}

suite('Sieve', () => {
  test('changes no plan', () => {
    let settled = 0;
    fc.assert(
      fc.property(
        fc.array(fc.record({ uniqueId, octets, nameless }), { maxLength: 6 }),
        fc.uniqueArray(known, { maxLength: 6, selector: ({ key }) => key }),
        fc.array(hash, { maxLength: 6 }),
        fc.boolean(),
        fc.constantFrom(false, false, false, true),
        options,
        (listed, entries, hashes, asked, contradicted, options) => {
          const ids = listed.map(({ uniqueId }) => uniqueId);
          const session = input(ids, {
            uniqueIds: listed.flatMap(({ uniqueId, nameless }, index) =>
              nameless ? [] : [{ messageNumber: index + 1, uniqueId }],
            ),
            octets: listed.map(({ octets }) => octets),
            entries,
            options,
            headerHashes: new Map(asked ? ids.map((_, index) => [index + 1, hashes[index]]) : []),
          });
          const again = contradicted ? [{ messageNumber: 1, octets: 300 }] : [];
          const listing = joinListings({ ...session, scan: [...session.scan, ...again] });
          const all = new Sieve(listing.messages, session, { uniqueIds: ids, absent: true });
          for (const one of entries) all.add(one);
          assert.deepEqual(all.entries, entries);
          const plan = planSession({ ...session, scan: [...session.scan, ...again] });
          assert.deepEqual(held(plan), held(planListing(listing, all, session)));
          settled += plan.known.length;
        },
      ),
      { numRuns: 5000 },
    );
    assert.ok(settled > 0);
  });

  test('lets go of what is at home and stays on the server', () => {
    const { messages } = joinListings(input(['a', 'b', 'c']));
    const sieve = new Sieve(messages, { now });
    const larger = entry('c', { octets: 101 });
    for (const one of [entry('a'), entry('b', { state: 'noted' }), larger]) sieve.add(one);
    assert.deepEqual([[...sieve.known], [...sieve.noted], sieve.entries], [[1], [2], [larger]]);
  });

  test('keeps the keys of what it lets go of from being used again', () => {
    const entries = [entry('b', { key: 'u:a' }), entry('a#2')];
    const { retrieve, known } = planSession(input(['a', 'a#2', 'b'], { entries }));
    assert.deepEqual([...known], [2, 3]);
    assert.deepEqual(
      [...retrieve].map(({ key }) => key),
      ['u:a#3'],
    );
  });

  test('makes no key of one unique-id that is the key of another', () => {
    const entries = [entry('b', { key: 'u:a' })];
    const { retrieve } = planSession(input(['a', 'a#2', 'b'], { entries }));
    assert.deepEqual(
      [...retrieve].map(({ key }) => key),
      ['u:a#3', 'u:a#2'],
    );
  });

  test('says for which unique-ids it was wrong to let go of an entry', () => {
    const { messages } = joinListings(input(['a', 'b']));
    const sieve = new Sieve(messages, { now });
    for (const one of [entry('a'), entry('b'), entry('a', { key: 'u:a#2' })]) sieve.add(one);
    assert.deepEqual(sieve.exceptions, { uniqueIds: new Set(['a']), absent: false });
  });

  test('counts what it keeps towards that too', () => {
    const { messages } = joinListings(input(['a', 'b', 'c']));
    const nameless = entry(undefined, { key: 'h:one', headerHash: 'one' });
    const sift = (...entries: readonly LedgerEntry[]): Sieve => {
      const sieve = new Sieve(messages, { now });
      for (const one of entries) sieve.add(one);
      return sieve;
    };
    const all = { uniqueIds: new Set(), absent: true };
    // One is settled, and two are missing.
    const absent = entry('d', { headerHash: undefined });
    assert.deepEqual(sift(entry('a'), nameless, absent).exceptions, all);
    assert.equal(sift(entry('a'), entry('b'), nameless, absent).exceptions, undefined);
  });

  test('holds a unique-id that it was wrong about for unknown', () => {
    const { messages } = joinListings(input(['a', 'b', 'c']));
    const sieve = new Sieve(messages, { now });
    const absent = entry('d', { headerHash: 'one' });
    for (const one of [entry('a', { key: 'h:one' }), absent, entry('a', { state: 'listed' })]) sieve.add(one);
    assert.deepEqual(sieve.exceptions, { uniqueIds: new Set(['a']), absent: true });
  });

  test('lets go of what is due to be deleted, and of what is not listed any more', () => {
    const { messages } = joinListings(input(['a', 'b']));
    const sieve = new Sieve(messages, { now, options: { retention: { type: 'delete' } } });
    const gone = entry('c', { state: 'gone', deleteRequestedAt: now - day });
    const contradicted = entry('b', { key: 'u:x' });
    for (const one of [entry('a'), contradicted, gone, entry('d')]) sieve.add(one);
    assert.deepEqual([[...sieve.due], sieve.entries, sieve.absent], [[0], [contradicted], 1]);
    assert.deepEqual([...sieve.missing], [{ type: 'vanished', key: 'u:d', at: now }]);
    assert.equal(sieve.exceptions, undefined);
  });

  test('keeps what is not listed any more where a message may be any of it', () => {
    const nameless = joinListings(input(['a'], { uniqueIds: [] }));
    const sieve = new Sieve(nameless.messages, { now });
    sieve.add(entry('b'));
    assert.deepEqual(sieve.entries, [entry('b')]);
  });

  test('says that it was wrong to let go of what is not listed where the server may have new unique-ids', () => {
    const { messages } = joinListings(input(['a', 'b']));
    const sieve = new Sieve(messages, { now });
    sieve.add(entry('c', { headerHash: 'one' }));
    assert.deepEqual(sieve.exceptions, { uniqueIds: new Set(), absent: true });
  });
});

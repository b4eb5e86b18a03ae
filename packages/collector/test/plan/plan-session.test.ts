import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { planSession } from '../../src/plan/index.ts';
import { day, entry, input, now, parts } from '../support/plan-scene.ts';

suite('what a session does with messages', () => {
  test('new ones are retrieved, delivered ones are not', () => {
    const plan = planSession(input(['a', 'b', 'c'], { entries: [entry('b')] }));
    assert.deepEqual(parts(plan), { retrieve: [1, 3], known: [2] });
    assert.equal(plan.retrieve.octets, 200);
    assert.deepEqual(
      [...plan.retrieve].map(({ key, uniqueId, octets, thenDelete }) => [key, uniqueId, octets, thenDelete]),
      [
        ['u:a', 'a', 100, false],
        ['u:c', 'c', 100, false],
      ],
    );
  });

  test('their order in the listings does not matter, and their numbers may change', () => {
    const scan = [
      { messageNumber: 2, octets: 100 },
      { messageNumber: 1, octets: 100 },
    ];
    const uniqueIds = [
      { messageNumber: 1, uniqueId: 'b' },
      { messageNumber: 2, uniqueId: 'a' },
    ];
    const plan = planSession({ ...input([]), messages: 2, scan, uniqueIds, entries: [entry('a')] });
    assert.deepEqual(parts(plan), { retrieve: [1], known: [2] });
  });

  const states = [
    ['listed', 'retrieve'],
    ['noted', 'noted'],
    ['delivered', 'known'],
    ['set-aside', 'setAside'],
  ] as const;
  for (const [state, part] of states) {
    test(`a message that is ${state}: ${part}`, () => {
      const plan = planSession(input(['a'], { entries: [entry('a', { state, reason: 'why' })] }));
      assert.deepEqual(parts(plan), { [part]: [1] });
    });
  }

  test('one that only some destinations have is retrieved for the others', () => {
    const half = entry('a', { state: 'listed', delivered: ['maildir:A'], delivering: ['lmtp://b'] });
    const [retrieval] = planSession(input(['a'], { entries: [half] })).retrieve;
    assert.deepEqual([retrieval?.delivered, retrieval?.delivering], [['maildir:A'], ['lmtp://b']]);
  });

  test('one that failed before comes last, also where a limit lets only some through', () => {
    const entries = [
      entry('a', { state: 'listed', failures: 2 }),
      entry('b', { state: 'listed', failures: 1 }),
    ];
    const listing = ['a', 'b', 'c', 'd'];
    const numbers = [...planSession(input(listing, { entries })).retrieve].map(
      ({ messageNumber }) => messageNumber,
    );
    assert.deepEqual(numbers, [3, 4, 2, 1]);
    const limited = planSession(input(listing, { entries, options: { limit: 2 } }));
    assert.deepEqual(parts(limited), { retrieve: [3, 4], skipped: [1, 2] });
    assert.deepEqual(new Set([...limited.skipped].map(({ reason }) => reason)), new Set(['over-limit']));
  });
});

suite('retention', () => {
  const old = entry('old', { deliveredAt: now - 30 * day });
  const young = entry('young', { deliveredAt: now - 30 * day + 1 });
  const cases = [
    ['keep', undefined, { retrieve: [3], known: [1, 2] }, false],
    ['keep, said', { type: 'keep' }, { retrieve: [3], known: [1, 2] }, false],
    ['delete', { type: 'delete' }, { retrieve: [3], delete: [1, 2] }, true],
    [
      'delete after 30 days',
      { type: 'delete-after', after: 30 * day },
      { retrieve: [3], delete: [1], known: [2] },
      false,
    ],
    ['delete after no time', { type: 'delete-after', after: 0 }, { retrieve: [3], delete: [1, 2] }, true],
  ] as const;
  for (const [name, retention, expected, atOnce] of cases) {
    test(name, () => {
      const options = { retention };
      const plan = planSession(input(['old', 'young', 'new'], { entries: [old, young], options }));
      assert.deepEqual(parts(plan), expected);
      assert.equal([...plan.retrieve][0]?.thenDelete, atOnce);
    });
  }

  test('what was not delivered is never deleted', () => {
    const entries = (['listed', 'noted', 'set-aside'] as const).map((state) => entry(state, { state }));
    const options = { retention: { type: 'delete' } } as const;
    const plan = planSession(input(['listed', 'noted', 'set-aside'], { entries, options }));
    assert.deepEqual([...plan.delete], []);
  });

  test('a deletion that the server took back is asked for again, without retrieving', () => {
    const entries = [entry('a', { state: 'gone', deleteRequestedAt: now - day })];
    const headerHashes = new Map([[1, 'header of a']]);
    const plan = planSession(
      input(['a'], { entries, headerHashes, options: { retention: { type: 'delete' } } }),
    );
    assert.deepEqual(parts(plan), { delete: [1] });
    assert.deepEqual(
      [...plan.bookkeeping].map(({ type }) => type),
      ['listed'],
    );
  });
});

suite('new only', () => {
  const options = { newOnly: true };
  test('on the first run everything is noted', () => {
    const plan = planSession(input(['a', 'b'], { firstRun: true, options }));
    assert.deepEqual(parts(plan), { noted: [1, 2] });
    assert.deepEqual(
      [...plan.bookkeeping].map(({ type }) => type),
      ['noted', 'noted'],
    );
    // The records are made anew each time.
    assert.deepEqual([...plan.bookkeeping], [...plan.bookkeeping]);
  });
  test('later only what is known as noted', () => {
    const entries = [entry('a', { state: 'noted' })];
    assert.deepEqual(parts(planSession(input(['a', 'b'], { entries, options }))), {
      noted: [1],
      retrieve: [2],
    });
  });
});

suite('a maximum size', () => {
  const options = { maximumOctets: 100 };
  test('larger ones stay, and are named', () => {
    const plan = planSession(input(['a', 'b'], { octets: [100, 101], options }));
    assert.deepEqual(parts(plan), { retrieve: [1], skipped: [2] });
    assert.equal([...plan.skipped][0]?.reason, 'too-large');
  });
  test('one of unknown size stays', () => {
    const plan = planSession(input(['a'], { scan: [], options }));
    assert.deepEqual(
      [...plan.skipped].map(({ reason }) => reason),
      ['octets-unknown'],
    );
  });
});

suite('forgetting', () => {
  const records = (changes: Parameters<typeof input>[1], listing = ['a']): unknown[] =>
    [...planSession(input(listing, changes)).bookkeeping].map((record) => [
      record.type,
      'key' in record ? record.key : record.type,
    ]);

  test('an entry that a complete listing does not show has vanished, and is kept', () => {
    assert.deepEqual(records({ entries: [entry('a'), entry('b')] }), [['vanished', 'u:b']]);
  });
  test('after 30 days it is forgotten, not a moment before', () => {
    const vanished = (ago: number): unknown[] =>
      records({ entries: [entry('a'), entry('b', { vanishedAt: now - ago })] });
    assert.deepEqual(vanished(30 * day - 1), []);
    assert.deepEqual(vanished(30 * day), [['forget', 'u:b']]);
  });
  test('the user may keep entries longer, but not shorter', () => {
    const entries = [
      entry('a'),
      entry('b', { vanishedAt: now - 20 * day }),
      entry('c', { vanishedAt: now - 40 * day }),
    ];
    assert.deepEqual(records({ entries, options: { forgetAfter: day } }), [['forget', 'u:c']]);
    assert.deepEqual(records({ entries, options: { forgetAfter: 60 * day } }), []);
  });
  test('a deleted one is forgotten 30 days after its deletion', () => {
    const gone = (ago: number) => entry('b', { state: 'gone', deleteRequestedAt: now - ago });
    assert.deepEqual(records({ entries: [entry('a'), gone(29 * day)] }), []);
    assert.deepEqual(records({ entries: [entry('a'), gone(31 * day)] }), [['forget', 'u:b']]);
  });
  test('one that comes back has not vanished', () => {
    const headerHashes = new Map([[1, 'header of a']]);
    assert.deepEqual(records({ entries: [entry('a', { vanishedAt: now - 40 * day })], headerHashes }), [
      ['listed', 'listed'],
    ]);
  });
  test('what vanished after a deletion that was never confirmed was deleted', () => {
    const entries = [entry('a'), entry('b', { deleteRequestedAt: now - day })];
    const plan = planSession(input(['a'], { entries }));
    assert.equal(plan.confirmed, 1);
    assert.deepEqual(
      [...plan.bookkeeping].map(({ type }) => type),
      ['vanished', 'gone'],
    );
  });

  const old = [entry('a'), entry('b', { vanishedAt: now - 100 * day }), entry('c')];
  const unreliable = [
    ['an empty listing', input([], { entries: old })],
    ['fewer messages than STAT says', input(['a'], { entries: old, messages: 3 })],
    ['more messages than STAT says', input(['a', 'x'], { entries: old, messages: 1 })],
    ['a malformed line', input(['a'], { entries: old, malformedLines: 1 })],
    [
      'UIDL refused',
      input(['a'], { entries: old, uniqueIds: undefined, headerHashes: new Map([[1, 'header of a']]) }),
    ],
    [
      'UIDL shorter than LIST',
      input(['a', 'x'], {
        entries: old,
        uniqueIds: [{ messageNumber: 1, uniqueId: 'a' }],
        headerHashes: new Map([[2, 'x']]),
      }),
    ],
    [
      'LIST shorter than UIDL',
      input(['a', 'x'], { entries: old, scan: [{ messageNumber: 1, octets: 100 }] }),
    ],
    [
      'one number twice',
      input(['a'], { entries: old, scan: [1, 2].map((octets) => ({ messageNumber: 1, octets })) }),
    ],
  ] as const;
  for (const [name, given] of unreliable) {
    test(`${name}: nothing vanishes, nothing is forgotten`, () => {
      const plan = planSession(given);
      const types = [...plan.bookkeeping].map(({ type }) => type);
      assert.ok(!types.includes('vanished') && !types.includes('forget'), types.join());
      assert.ok(plan.notes.length > 0);
    });
  }
});

suite('listings that contradict each other', () => {
  test('a number with two sizes is retrieved, and not deleted', () => {
    const scan = [1, 2].map((octets) => ({ messageNumber: 1, octets }));
    const options = { retention: { type: 'delete' } } as const;
    const plan = planSession(input(['a'], { scan, options }));
    assert.deepEqual([[...plan.retrieve][0]?.thenDelete, [...plan.retrieve][0]?.octets], [false, undefined]);
    assert.ok(plan.notes.some(({ code }) => code === 'deletion-withheld'));
    const delivered = planSession(input(['a'], { scan, options, entries: [entry('a')] }));
    assert.deepEqual(parts(delivered), { known: [1] });
  });
  test('what only UIDL has is retrieved', () => {
    assert.deepEqual(parts(planSession(input(['a'], { scan: [] }))), { retrieve: [1] });
  });
});

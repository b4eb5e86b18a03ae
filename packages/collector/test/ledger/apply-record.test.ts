import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LedgerEntry, LedgerRecord } from '../../src/index.ts';
import { applyRecord } from '../../src/ledger/apply-record.ts';
import { entry } from '../support/plan-scene.ts';

const at = 1000;
const message = { key: 'u:a', uniqueId: 'a', octets: 100, headerHash: 'hash' };
const bare = entry('a', { state: 'listed', headerHash: undefined, delivered: [], deliveredAt: undefined });

type Case = readonly [
  name: string,
  before: LedgerEntry | undefined,
  record: Exclude<LedgerRecord, { type: 'listing' }>,
  changes: Partial<LedgerEntry>,
];

const cases: readonly Case[] = [
  [
    'listed: a new one is wanted',
    undefined,
    { type: 'listed', message, at },
    { state: 'listed', firstSeenAt: at },
  ],
  [
    'listed: a deleted one is back, and home already',
    entry('a', { state: 'gone' }),
    { type: 'listed', message, at },
    { state: 'delivered' },
  ],
  [
    'listed: it has not vanished',
    entry('a', { vanishedAt: 5 }),
    { type: 'listed', message, at },
    { vanishedAt: undefined, state: 'delivered' },
  ],
  ['noted: a new one is not wanted', undefined, { type: 'noted', message, at }, { state: 'noted' }],
  [
    'noted: one that is known keeps its state',
    entry('a'),
    { type: 'noted', message, at },
    { state: 'delivered' },
  ],
  [
    'delivering: begun, and not delivered',
    bare,
    { type: 'delivering', message, destination: 'd', at },
    { delivering: ['d'], state: 'listed' },
  ],
  [
    'undelivered: begun, and refused for certain',
    { ...bare, delivering: ['d', 'e'] },
    { type: 'undelivered', message, destination: 'd', at },
    { delivering: ['e'], delivered: [], state: 'listed' },
  ],
  [
    'deferred: the reason is kept, and nothing is counted',
    { ...bare, failures: 2 },
    { type: 'deferred', message, reason: 'busy', at },
    { state: 'listed', failures: 2, reason: 'busy', failedAt: at },
  ],
  [
    'delivered: the first of two destinations',
    { ...bare, delivering: ['d'], failures: 1, reason: 'why' },
    { type: 'delivered', message, destination: 'd', complete: false, at },
    { state: 'listed', delivered: ['d'], delivering: [], failures: 1, reason: 'why', deliveredAt: undefined },
  ],
  [
    'delivered: the last one; its failures are over',
    { ...bare, delivered: ['d'], failures: 2, reason: 'why', failedAt: 5 },
    { type: 'delivered', message, destination: 'e', complete: true, receivedOctets: 103, at },
    {
      state: 'delivered',
      delivered: ['d', 'e'],
      failures: 0,
      reason: undefined,
      failedAt: undefined,
      deliveredAt: at,
      receivedOctets: 103,
      headerHash: 'hash',
    },
  ],
  [
    'delivered: twice is once',
    entry('a', { delivered: ['d'] }),
    { type: 'delivered', message, destination: 'd', complete: true, at },
    { delivered: ['d'] },
  ],
  [
    'failed: one more time',
    { ...bare, failures: 1, failedAt: 5 },
    { type: 'failed', message, reason: 'why', at },
    { state: 'listed', failures: 2, reason: 'why', failedAt: at },
  ],
  [
    'set aside',
    { ...bare, failures: 2 },
    { type: 'set-aside', message, reason: 'why', at },
    { state: 'set-aside', failures: 3, reason: 'why', failedAt: at },
  ],
  [
    'retry: wanted again',
    { ...bare, state: 'set-aside', failures: 3, reason: 'why', failedAt: 5 },
    { type: 'retry', key: 'u:a', at },
    { state: 'listed', failures: 0, reason: undefined, failedAt: undefined },
  ],
  ['retry: one that is home stays so', entry('a'), { type: 'retry', key: 'u:a', at }, { state: 'delivered' }],
  [
    'delete-requested: still delivered, until QUIT is answered',
    entry('a'),
    { type: 'delete-requested', key: 'u:a', at },
    { state: 'delivered', deleteRequestedAt: at },
  ],
  [
    'gone',
    entry('a', { deleteRequestedAt: 5 }),
    { type: 'gone', key: 'u:a', at },
    { state: 'gone', deleteRequestedAt: 5 },
  ],
  ['vanished', entry('a'), { type: 'vanished', key: 'u:a', at }, { vanishedAt: at, state: 'delivered' }],
  [
    'adopt: another unique-id, the same key',
    entry('a', { vanishedAt: 5 }),
    { type: 'adopt', key: 'u:a', uniqueId: 'b', octets: 101, at },
    { key: 'u:a', uniqueId: 'b', octets: 101, vanishedAt: undefined },
  ],
];

suite('what a record makes of an entry', () => {
  for (const [name, before, record, changes] of cases) {
    test(name, () => {
      const after = applyRecord(before, record);
      assert.ok(after !== undefined);
      for (const [key, value] of Object.entries(changes)) {
        assert.deepEqual(Object.getOwnPropertyDescriptor(after, key)?.value, value, key);
      }
    });
  }
  test('forget: no entry is left', () => {
    assert.equal(applyRecord(entry('a'), { type: 'forget', key: 'u:a', at }), undefined);
  });
  for (const type of ['delete-requested', 'gone'] as const) {
    for (const state of ['listed', 'noted', 'set-aside'] as const) {
      test(`${type} of a message that is ${state}: refused`, () => {
        assert.throws(() => applyRecord(entry('a', { state }), { type, key: 'u:a', at }), {
          code: 'ERR_COLLECT_LEDGER_RECORD',
        });
      });
    }
  }
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type CorpusMessage, makeCorpus } from '../src/corpus.ts';

suite('the corpus', () => {
  const messages = [...makeCorpus({ count: 2000, odd: true })];
  const has = (test: (message: CorpusMessage) => boolean): boolean => messages.some(test);

  test('has 2,000 messages, the same ones at every call', () => {
    assert.equal(messages.length, 2000);
    const again = [...makeCorpus({ count: 2000, odd: true })];
    assert.deepEqual(
      again.map(({ sha256 }) => sha256),
      messages.map(({ sha256 }) => sha256),
    );
  });

  const odd: readonly (readonly [name: string, found: (message: CorpusMessage) => boolean])[] = [
    ['lines that begin with a dot', ({ octets }) => octets.includes('\r\n.')],
    ['a line that is a dot alone', ({ octets }) => octets.includes('\r\n.\r\n')],
    ['one that ends in such a line', ({ octets }) => octets.subarray(-5).equals(Buffer.from('\r\n.\r\n'))],
    [
      'every 8-bit octet',
      ({ octets }) => Array.from({ length: 128 }, (_, at) => at + 128).every((one) => octets.includes(one)),
    ],
    ['NUL', ({ octets }) => octets.includes(0)],
    ['one of no octet', ({ octets }) => octets.length === 0],
    ['one of 5 MB', ({ octets }) => octets.length >= 5_000_000],
    ['a line of 1 MB', ({ octets }) => octets.includes(Buffer.alloc(1_000_000, 'x'))],
  ];
  for (const [name, found] of odd) test(`has ${name}`, () => assert.ok(has(found)));
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { secret } from '@postrider/pop3';
import {
  decodeRecord,
  encodeRecord,
  isAlive,
  isFresh,
  type TokenRecord,
} from '../../src/oauth/token-record.ts';

const record: TokenRecord = {
  server: { issuer: 'https://sso.example.org', token_endpoint: 'https://sso.example.org/token' },
  flow: 'browser',
  clientId: 'the-client',
  clientSecret: secret('sesame-1'),
  scopes: ['mail'],
  accessToken: secret('sesame-2'),
  refreshToken: secret('sesame-3'),
  obtainedAt: 1_000_000_000,
  expiresAt: 1_000_100_000,
};

suite('a token record', () => {
  test('comes back from the keyring as it went there', () => {
    const back = decodeRecord(encodeRecord(record));
    assert.equal(back?.accessToken.reveal(), 'sesame-2');
    assert.equal(back.refreshToken?.reveal(), 'sesame-3');
    assert.equal(back.clientSecret?.reveal(), 'sesame-1');
    const { accessToken: _, refreshToken: __, clientSecret: ___, ...rest } = record;
    const { accessToken: ____, refreshToken: _____, clientSecret: ______, ...restBack } = back;
    assert.deepEqual(restBack, rest);
  });

  test('comes back with little in it', () => {
    const little = { ...record, clientSecret: undefined, refreshToken: undefined, expiresAt: undefined };
    assert.deepEqual(decodeRecord(encodeRecord(little)), little);
  });

  test('shows nothing of its secrets', () => {
    for (const text of [inspect(record, { depth: 10 }), JSON.stringify(record), `${encodeRecord(record)}`])
      assert.doesNotMatch(text, /sesame/);
  });

  for (const [name, value] of [
    ['no JSON', 'sesame'],
    ['another version', JSON.stringify({ ...JSON.parse(encodeRecord(record).reveal()), version: 2 })],
    ['something else', '{"a":1}'],
    ['nothing', ''],
  ] as const) {
    test(`${name} is none`, () => assert.equal(decodeRecord(secret(value)), undefined));
  }

  const ages: readonly (readonly [name: string, now: number, fresh: boolean, alive: boolean])[] = [
    ['new', 1_000_000_000, true, true],
    ['just before 80 %', 1_000_079_999, true, true],
    ['at 80 %', 1_000_080_000, false, true],
    ['just before its end', 1_000_099_999, false, true],
    ['at its end', 1_000_100_000, false, false],
    ['from a little later, as clocks are', 999_999_000, true, true],
    ['from much later', 999_900_000, false, false],
  ];
  for (const [name, now, fresh, alive] of ages) {
    test(`${name}: ${fresh ? 'fresh' : 'not fresh'}, ${alive ? 'alive' : 'not alive'}`, () => {
      assert.deepEqual([isFresh(record, now), isAlive(record, now)], [fresh, alive]);
    });
  }

  test('without an end it is fresh until a server says otherwise', () => {
    assert.equal(isFresh({ ...record, expiresAt: undefined }, Number.MAX_SAFE_INTEGER), true);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toRecord } from '../../src/oauth/grant.ts';
import { decodeRecord, encodeRecord } from '../../src/oauth/token-record.ts';

suite('how long an access token is good', () => {
  const base = {
    server: { issuer: 'https://sso.example.org' },
    flow: 'browser',
    scopes: [],
    clientId: 'c',
    clientSecret: undefined,
  } as const;
  const rows: readonly (readonly [seconds: number | undefined, known: boolean])[] = [
    [3600, true],
    [0.5, true],
    [8e12 - Date.now() / 1000, true],
    [undefined, false],
    [0, false],
    [Number.NaN, false],
    [9e15, false],
    [1e306, false],
  ];
  for (const [seconds, known] of rows) {
    test(`${seconds} seconds: ${known ? 'until then' : 'nobody knows'}`, () => {
      const life = seconds === undefined ? {} : { expires_in: seconds };
      const response = { access_token: 't', token_type: 'bearer', ...life } as const;
      const record = toRecord(base, response);
      assert.equal(record.expiresAt !== undefined, known);
      if (record.expiresAt !== undefined)
        assert.doesNotThrow(() => new Date(record.expiresAt ?? 0).toISOString());
      assert.equal(decodeRecord(encodeRecord(record))?.expiresAt, record.expiresAt);
    });
  }
});

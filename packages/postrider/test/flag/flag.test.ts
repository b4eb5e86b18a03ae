import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseAge, parseSize } from '../../src/flag/collect.ts';
import { authFlag, caFlag, portFlag, securityFlag, timeoutFlag } from '../../src/flag/connection.ts';
import { FlagError } from '../../src/flag/flag.ts';

suite('values of flags', () => {
  test('the last one counts', () => assert.equal(portFlag.read(['1', '2']), 2));
  test('without one there is none', () => assert.equal(portFlag.read([]), undefined));
  for (const text of ['0', '65536', '-1', '+1', '1.5', '0x50', '1e3', '', ' 1', '99999999999999999999'])
    test(`'${text}' is no port`, () => assert.throws(() => portFlag.read([text]), FlagError));
  test('bounds are included', () => {
    assert.equal(portFlag.read(['1']), 1);
    assert.equal(portFlag.read(['65535']), 65_535);
    assert.equal(timeoutFlag.read(['86400']), 86_400);
  });
  test('words of a few, in any case', () => assert.equal(securityFlag.read(['STARTTLS']), 'starttls'));
  test('lists of words', () => assert.deepEqual(authFlag.read(['plain, APOP']), ['plain', 'apop']));
  test('an empty text is none', () => assert.throws(() => caFlag.read(['']), FlagError));

  const sizes: readonly (readonly [text: string, octets: number | undefined])[] = [
    ['0', 0],
    ['500', 500],
    ['500k', 500_000],
    ['20M', 20_000_000],
    ['20MB', 20_000_000],
    ['1g', 1_000_000_000],
    ['', undefined],
    ['M', undefined],
    ['1.5M', undefined],
    ['-1', undefined],
    ['20 M', undefined],
    ['20T', undefined],
  ];
  for (const [text, octets] of sizes) {
    test(`the size '${text}'`, () => {
      if (octets === undefined) assert.throws(() => parseSize(text), FlagError);
      else assert.equal(parseSize(text), octets);
    });
  }
  const ages: readonly (readonly [text: string, milliseconds: number | undefined])[] = [
    ['90m', 5_400_000],
    ['12h', 43_200_000],
    ['30d', 2_592_000_000],
    ['2W', 1_209_600_000],
    ['0d', 0],
    ['30', undefined],
    ['d', undefined],
    ['1y', undefined],
    ['-1d', undefined],
    ['', undefined],
  ];
  for (const [text, milliseconds] of ages) {
    test(`the age '${text}'`, () => {
      if (milliseconds === undefined) assert.throws(() => parseAge(text), FlagError);
      else assert.equal(parseAge(text), milliseconds);
    });
  }
});

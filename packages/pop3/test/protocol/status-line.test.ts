import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultQuirks, formatStatusLine, parseStatusLine, strictQuirks } from '../../src/protocol/index.ts';

const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1');

suite('a status line', () => {
  const good: readonly (readonly [line: string, status: string, text: string, code?: string])[] = [
    ['+OK', '+OK', ''],
    ['-ERR', '-ERR', ''],
    ['+OK ', '+OK', ''],
    ['+OK two words', '+OK', 'two words'],
    ['+OK\ttabbed', '+OK', 'tabbed'],
    ['-ERR [IN-USE] busy', '-ERR', 'busy', 'IN-USE'],
    ['-ERR [sys/temp] later', '-ERR', 'later', 'SYS/TEMP'],
    ['-ERR [AUTH]', '-ERR', '', 'AUTH'],
    ['-ERR [SYS/PERM/DISK] full', '-ERR', 'full', 'SYS/PERM/DISK'],
    ['+OK [not a code] words', '+OK', '[not a code] words'],
    ['-ERR []', '-ERR', '[]'],
    [`-ERR [${'X'.repeat(65)}] long`, '-ERR', `[${'X'.repeat(65)}] long`],
    ['+OK 8-bit \xff\xfe', '+OK', '8-bit \xff\xfe'],
    ['+OK UTF-8 \xc3\xa4', '+OK', 'UTF-8 ä'],
  ];
  for (const [line, status, text, code] of good) {
    test(JSON.stringify(line), () => {
      const parsed = parseStatusLine(octets(line), strictQuirks);
      assert.deepEqual(
        [parsed?.status, parsed?.text, parsed?.responseCode?.code],
        [status, text, code],
        JSON.stringify(parsed),
      );
    });
  }

  for (const line of ['', 'OK', '+OKAY', '-ERROR x', ' +OK', '+ OK', '+', '*', '.', '+OK,', '\x00']) {
    test(`${JSON.stringify(line)} is none`, () => {
      assert.equal(parseStatusLine(octets(line), defaultQuirks), undefined);
    });
  }

  for (const line of ['+ok', '-err no', '+Ok']) {
    test(`${line} is one with the quirk statusLowerCase only`, () => {
      assert.equal(parseStatusLine(octets(line), strictQuirks), undefined);
      assert.notEqual(parseStatusLine(octets(line), defaultQuirks), undefined);
    });
  }

  const transient = { 'IN-USE': true, 'LOGIN-DELAY': true, 'SYS/TEMP': true, 'SYS/PERM': false, AUTH: false };
  for (const [code, expected] of Object.entries(transient)) {
    test(`[${code}] is ${expected ? 'worth a later try' : 'final'}`, () => {
      const parsed = parseStatusLine(octets(`-ERR [${code}] x`), strictQuirks);
      assert.deepEqual(parsed?.responseCode, { code, transient: expected });
    });
  }

  test('whatever text is written, it stays one line', () => {
    assert.equal(formatStatusLine('+OK', 'a\r\nb\0c'), '+OK a b c');
    assert.equal(formatStatusLine('-ERR', '', 'IN-USE'), '-ERR [IN-USE]');
    assert.equal(formatStatusLine('+OK', ''), '+OK');
  });
});

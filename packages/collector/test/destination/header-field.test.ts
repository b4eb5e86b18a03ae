import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { dateOf, fieldOf, headerOf } from '../../src/destination/header-field.ts';

const header = (...lines: string[]): Buffer =>
  Buffer.from(`${lines.join('\r\n')}\r\n\r\nDate: in the body\r\n`);

suite('a field of the header', () => {
  for (const [name, octets, expected] of [
    ['as it is', header('Message-ID: <a@b>'), '<a@b>'],
    ['in any case, with blanks', header('X: y', 'message-id \t:   <a@b> '), '<a@b>'],
    ['folded', header('Message-Id:', ' <a@b>', 'X: y'), '<a@b>'],
    ['the first of several', header('Message-ID: <1>', 'Message-ID: <2>'), '<1>'],
    ['with LF line ends', Buffer.from('Message-ID: <a@b>\n\nMessage-ID: <c>\n'), '<a@b>'],
    ['none', header('X-Message-ID: <a@b>'), undefined],
    ['an empty one', header('Message-ID:   '), undefined],
    ['only in the body', Buffer.from('\r\nMessage-ID: <a@b>\r\n'), undefined],
  ] as const) {
    test(name, () => assert.equal(fieldOf(octets, 'message-id'), expected));
  }

  test('the header ends at the first blank line', () => {
    assert.equal(headerOf(Buffer.from('A: b\r\nC: d\r\n\r\nE: f\r\n\r\n')), 'A: b\r\nC: d');
    assert.equal(headerOf(Buffer.from('A: b')), 'A: b');
  });
});

suite('the date of a message', () => {
  for (const [text, expected] of [
    ['Tue, 24 Nov 2026 10:01:02 +0100', '2026-11-24T09:01:02.000Z'],
    ['Tue, 24 Nov 2026 10:01:02 +0000 (UTC)', '2026-11-24T10:01:02.000Z'],
    ['24 Nov 2026 10:01 GMT', '2026-11-24T10:01:00.000Z'],
    ['yesterday', undefined],
    ['Tue, 24 Nov 1899 10:01:02 +0000', undefined],
    ['Tue, 24 Nov 99999 10:01:02 +0000', undefined],
  ] as const) {
    test(text, () => assert.equal(dateOf(header(`Date: ${text}`))?.toISOString(), expected));
  }
  test('none', () => assert.equal(dateOf(header('X: y')), undefined));
});

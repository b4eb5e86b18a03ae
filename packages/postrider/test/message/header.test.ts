import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readHeader } from '../../src/message/header.ts';

async function* split(text: string, size: number): AsyncGenerator<Uint8Array> {
  const octets = Buffer.from(text, 'latin1');
  for (let start = 0; start < octets.length; start += size) yield octets.subarray(start, start + size);
}

suite('what a list shows of a header', () => {
  type Row = readonly [
    what: string,
    header: string,
    date: string | null,
    from: string | null,
    subject: string | null,
  ];
  const rows: readonly Row[] = [
    [
      'a plain one',
      'From: Bob <bob@example.net>\r\nSubject: Lunch?\r\nDate: Tue, 24 Nov 2026 10:00:00 +0100\r\n',
      '2026-11-24T09:00:00.000Z',
      'Bob <bob@example.net>',
      'Lunch?',
    ],
    ['an address alone', 'From: bob@example.net\r\n', null, 'bob@example.net', null],
    [
      'encoded words',
      'From: =?iso-8859-1?Q?J=FCrgen?= <j@example.de>\r\nSubject: =?utf-8?B?5p2x?= =?utf-8?B?5Lqs?=\r\n',
      null,
      'Jürgen <j@example.de>',
      '東京',
    ],
    ['ISO-2022-JP', 'Subject: =?iso-2022-jp?B?GyRCRWw1fhsoQg==?=\r\n', null, null, '東京'],
    ['a folded subject', 'Subject: one\r\n two\r\n\tthree\r\n', null, null, 'one two three'],
    [
      'line ends inside an encoded word',
      'Subject: =?utf-8?Q?one=0D=0ABcc:_x?=\r\n',
      null,
      null,
      'one Bcc: x',
    ],
    ['raw UTF-8', 'Subject: \xe6\x9d\xb1\xe4\xba\xac\r\n', null, null, '東京'],
    ['a date that is none', 'Date: yesterday\r\n', null, null, null],
    ['a number that is no date', 'Date: hello 5\r\n', null, null, null],
    ['a year that is none', 'Date: +275760-09-12T00:00:00Z\r\n', null, null, null],
    [
      'a date with a comment',
      'Date: 24 Nov 2026 9:00 +0000 (UTC)\r\n',
      '2026-11-24T09:00:00.000Z',
      null,
      null,
    ],
    ['a date of two digits', 'Date: Tue, 24 Nov 98 09:00:00 GMT\r\n', '1998-11-24T09:00:00.000Z', null, null],
    ['nothing', '', null, null, null],
    ['no header at all', '\r\n', null, null, null],
  ];
  for (const [what, header, date, from, subject] of rows) {
    test(what, async () => {
      for (const size of [1, 7, 65_536])
        assert.deepEqual(await readHeader(split(`${header}\r\n`, size)), { date, from, subject });
    });
  }

  test('what nobody could read is cut off', async () => {
    const { from, subject } = await readHeader(
      split(`From: ${'f'.repeat(5000)} <x@y>\r\nSubject: ${'s'.repeat(5000)}\r\n\r\n`, 65_536),
    );
    assert.equal(from, `${'f'.repeat(1000)}…`);
    assert.equal(subject, `${'s'.repeat(1000)}…`);
  });

  test('what a server sends behind the header is not looked at', async () => {
    const nested = Array.from(
      { length: 300 },
      (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
    );
    const { subject } = await readHeader(split(`Subject: deep\r\n${nested.join('')}\r\n`, 65_536));
    assert.equal(subject, 'deep');
  });
});

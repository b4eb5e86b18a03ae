import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { HeaderHash } from '../../src/collect/header-hash.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

function hashOf(pieces: readonly string[]): string {
  const hash = new HeaderHash();
  for (const piece of pieces) hash.update(Buffer.from(piece, 'latin1'));
  return hash.digest();
}

suite('the hash of a header', () => {
  const header = 'From: a\nSubject: b\n';
  for (const [name, text, wanted] of [
    ['ends at the first blank line', 'From: a\r\nSubject: b\r\n\r\nbody\r\n\r\nmore', header],
    ['is the same with bare LF', 'From: a\nSubject: b\n\nbody', header],
    ['is the same with mixed line ends', 'From: a\r\nSubject: b\n\r\nbody', header],
    ['counts as it is where no blank line ends it', 'From: a\r\nSubject: b\r\n', header],
    ['has a line end where the message has none', 'From: a\r\nSubject: b', header],
    ['is that of nothing where the message begins with a blank line', '\r\nbody', '\n'],
    ['is that of nothing where there is nothing', '', '\n'],
    [
      'leaves out what servers and scanners change',
      'Status: RO\r\nFrom: a\r\nX-UIDL: 1\r\n 2\r\nSUBJECT: b\r\n c\r\nMessage-Id: d\r\nContent-Type: x;\r\n\tboundary=1\r\n\r\n',
      'From: a\nSUBJECT: b\n c\nMessage-Id: d\n',
    ],
    [
      'is that of all fields where no one names the message',
      'From: a\r\nX-B: c\r\n\r\n',
      'From: a\nX-B: c\n',
    ],
    ['is that of all fields where none of them lasts', 'X-A: b\r\n c\r\n\r\n', 'X-A: b\n c\n'],
    ['a bare CR ends no line', 'From: a\r\rSubject: b\r\n\r\n', 'From: a\r\rSubject: b\n'],
  ] as const) {
    test(name, () => {
      assert.equal(hashOf([text]), sha256(wanted));
      assert.equal(hashOf([...text]), sha256(wanted), 'octet by octet');
    });
  }

  test('pieces make no difference', () => {
    const part = fc.constantFrom('\r', '\n', '\r\n', 'a: b', ' c');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), (pieces) => {
        assert.equal(hashOf(pieces), hashOf([pieces.join('')]));
      }),
    );
  });

  test('of a header that is longer, 256 KB count, whatever the pieces', () => {
    const line = `${'x'.repeat(62)}\r\n`;
    const counted = sha256(line.repeat(4096).replaceAll('\r\n', '\n'));
    const ends = line.repeat(4100);
    for (const pieces of [
      [line.repeat(4096), 'more'],
      [line.repeat(4096), line.repeat(4), '\r\nbody'],
      [line.repeat(4095), line.repeat(5), '\r\nbody'],
      [`${ends}\r\nbody`],
      [line.repeat(4095), `${line.repeat(5)}\r\nbody`],
    ])
      assert.equal(hashOf(pieces), counted);
  });
});

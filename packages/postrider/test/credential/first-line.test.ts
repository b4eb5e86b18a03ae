import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { firstLine } from '../../src/credential/first-line.ts';

suite('the first line of a secret', () => {
  const rows: readonly (readonly [what: string, octets: Buffer, line: string | undefined])[] = [
    ['with a line end', Buffer.from('secret\nmore'), 'secret'],
    ['with that of Windows', Buffer.from('secret\r\nmore'), 'secret'],
    ['without one', Buffer.from('secret'), 'secret'],
    ['nothing', Buffer.from(''), ''],
    ['an empty line', Buffer.from('\nsecret'), ''],
    ['spaces are part of it', Buffer.from(' se cret \n'), ' se cret '],
    ['not ASCII', Buffer.from('pässwörd\n'), 'pässwörd'],
    ['a byte order mark is not', Buffer.from('\ufeffsecret\n'), 'secret'],
    ['Latin-1 is nothing that can be read', Buffer.from('p\xe4ssword\n', 'latin1'), undefined],
    ['half a character in the next line', Buffer.from('secret\n\xc3', 'latin1'), 'secret'],
  ];
  for (const [what, octets, line] of rows) test(what, () => assert.equal(firstLine(octets), line));
});

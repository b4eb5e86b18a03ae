import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { decodeLatin1, decodeText, encodeText, escapeExcerpt } from '../../src/protocol/index.ts';

const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1');

suite('text from a peer', () => {
  test('is UTF-8 where it is valid UTF-8, otherwise one character an octet', () => {
    assert.equal(decodeText(octets('\xc3\xa4')), 'ä');
    assert.equal(decodeText(octets('\xe4')), 'ä');
    assert.equal(decodeText(octets('\xef\xbb\xbfx')), '\ufeffx');
    assert.equal(decodeLatin1(octets('\xc3\xa4')), 'Ã¤');
  });

  test('Latin-1 keeps each octet apart, however many there are', () => {
    const every = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256);
    assert.deepEqual(
      Uint8Array.from(decodeLatin1(every), (character) => character.charCodeAt(0)),
      every,
    );
  });

  const shown: readonly (readonly [text: string, shown: string])[] = [
    ['plain ~', 'plain ~'],
    ['\x1b[31m', '\\x1b[31m'],
    ['\r\n\t\0', '\\x0d\\x0a\\x09\\x00'],
    ['\x7f\x9b', '\\x7f\\x9b'],
    ['\u202e\u2066', '\\u{202e}\\u{2066}'],
    ['🎉', '\\u{1f389}'],
    ['\ud800', '\\u{d800}'],
    ['x'.repeat(121), `${'x'.repeat(120)}...`],
  ];
  for (const [text, expected] of shown) {
    test(`${JSON.stringify(text.slice(0, 20))} is shown as ${expected.slice(0, 40)}`, () => {
      assert.equal(escapeExcerpt(text), expected);
    });
  }

  test('goes out as UTF-8', () => assert.deepEqual([...encodeText('ä')], [0xc3, 0xa4]));
});

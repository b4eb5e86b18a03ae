import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ContentReader, END_OF_CONTENT } from '../../src/protocol/content-reader.ts';
import { type OctetSearch, searchOctets } from '../../src/protocol/index.ts';
import { Input } from '../../src/protocol/input.ts';

const octets = (text: string): Uint8Array => Buffer.from(text, 'latin1');

interface Read {
  readonly content: string;
  /** What stood behind the terminator; undefined where none was seen. */
  readonly rest: string | undefined;
  readonly views: readonly Uint8Array[];
}

function read(pieces: readonly Uint8Array[], bareLineFeed = false, search: OctetSearch = searchOctets): Read {
  const reader = new ContentReader(search);
  const input = new Input();
  const views: Uint8Array[] = [];
  const content = (): string => Buffer.concat(views).toString('latin1');
  reader.begin(bareLineFeed);
  for (const [index, piece] of pieces.entries()) {
    input.push(piece);
    for (;;) {
      const view = reader.next(input);
      if (view === undefined) break;
      if (view === END_OF_CONTENT) {
        const left = input.chunk?.subarray(input.position) ?? new Uint8Array(0);
        return {
          content: content(),
          rest: Buffer.concat([left, ...pieces.slice(index + 1)]).toString('latin1'),
          views,
        };
      }
      views.push(view);
    }
  }
  return { content: content(), rest: undefined, views };
}

/** Every way to cut octets into two pieces, and into single octets. */
function* everyCut(whole: Uint8Array): Generator<Uint8Array[]> {
  for (let at = 0; at <= whole.length; at++) yield [whole.subarray(0, at), whole.subarray(at)];
  yield Array.from(whole, (octet) => Uint8Array.of(octet));
}

suite('content', () => {
  // On the wire, what it is, and what is left behind the terminator; with CRLF only, and with bare LF tolerated.
  const rows: readonly (readonly [
    wire: string,
    crlf: string,
    rest?: string | undefined,
    lf?: string | undefined,
    lfRest?: string | undefined,
  ])[] = [
    ['.\r\n', '', '', '', ''],
    ['a\r\n.\r\n', 'a\r\n', '', 'a\r\n', ''],
    ['a\r\n.\r\n+OK\r\n', 'a\r\n', '+OK\r\n', 'a\r\n', '+OK\r\n'],
    ['..\r\n.\r\n', '.\r\n', '', '.\r\n', ''],
    ['...\r\n.\r\n', '..\r\n', '', '..\r\n', ''],
    ['.a\r\n.\r\n', 'a\r\n', '', 'a\r\n', ''],
    ['. \r\n.\r\n', ' \r\n', '', ' \r\n', ''],
    ['\r\n.\r\n', '\r\n', '', '\r\n', ''],
    ['\r\n\r\n..\r\n.\r\n', '\r\n\r\n.\r\n', '', '\r\n\r\n.\r\n', ''],
    // Smuggling: none of these ends a message where CRLF.CRLF does.
    ['a\n.\nb\r\n.\r\n', 'a\n.\nb\r\n', '', 'a\n', 'b\r\n.\r\n'],
    ['a\r\n.\nb\r\n.\r\n', 'a\r\n\nb\r\n', '', 'a\r\n', 'b\r\n.\r\n'],
    ['a\n.\r\nb\r\n.\r\n', 'a\n.\r\nb\r\n', '', 'a\n', 'b\r\n.\r\n'],
    ['a\r.\rb\r\n.\r\n', 'a\r.\rb\r\n', '', 'a\r.\rb\r\n', ''],
    ['a\r\n.\rb\r\n.\r\n', 'a\r\n\rb\r\n', '', 'a\r\n\rb\r\n', ''],
    ['a\r\n.\r\r\n.\r\n', 'a\r\n\r\r\n', '', 'a\r\n\r\r\n', ''],
    ['a\r\r\n.\r\n', 'a\r\r\n', '', 'a\r\r\n', ''],
    ['\0\xff\r\n.\r\n', '\0\xff\r\n', '', '\0\xff\r\n', ''],
    // Not ended.
    ['', '', undefined, '', undefined],
    ['a\r\n.', 'a\r\n', undefined, 'a\r\n', undefined],
    ['a\r\n.\r', 'a\r\n', undefined, 'a\r\n', undefined],
    ['a\n.\n', 'a\n.\n', undefined, 'a\n', ''],
  ];
  for (const [wire, crlf, rest, lf = crlf, lfRest] of rows) {
    test(`${JSON.stringify(wire)}, cut anywhere`, () => {
      for (const pieces of everyCut(octets(wire))) {
        const strict = read(pieces);
        assert.deepEqual([strict.content, strict.rest], [crlf, rest]);
        const lenient = read(pieces, true);
        assert.deepEqual([lenient.content, lenient.rest], [lf, lfRest], 'with bare LF');
      }
    });
  }

  const lines = Array.from({ length: 300 }, (_, index) => `${index % 5 === 0 ? '..' : ''}line ${index}\r\n`);
  const message = octets(`${lines.join('')}.\r\n`);

  test('comes out as views on what was received, not as copies', () => {
    for (const size of [message.length, 1000, 64, 1]) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < message.length; at += size) pieces.push(message.slice(at, at + size));
      const buffers = new Set(pieces.map(({ buffer }) => buffer));
      const { views } = read(pieces);
      assert.ok(
        views.every(({ buffer }) => buffers.has(buffer)),
        `pieces of ${size}`,
      );
      assert.ok(views.every(({ length }) => length > 0));
    }
  });

  test('no octet is searched twice, however it is cut', () => {
    for (const size of [message.length, 1000, 64, 3, 2, 1]) {
      let searched = 0;
      const counting: OctetSearch = (chunk, needle, from) => {
        const found = searchOctets(chunk, needle, from);
        searched += (found < 0 ? chunk.length : found + needle.length) - from;
        return found;
      };
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < message.length; at += size) pieces.push(message.subarray(at, at + size));
      assert.equal(read(pieces, false, counting).rest, '');
      assert.ok(searched <= message.length * 1.01, `${searched} of ${message.length} with pieces of ${size}`);
    }
  });
});

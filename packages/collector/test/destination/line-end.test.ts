import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import assemble from 'wabt';
import {
  LineEndConverter,
  type LineEndEngine,
  textEngine,
  vectorEngine,
} from '../../src/destination/line-end.ts';
import { lineEndCode } from '../../src/destination/line-end-code.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

function convert(pieces: readonly Uint8Array[], engine: LineEndEngine): string {
  const converter = new LineEndConverter(engine);
  let text = '';
  for (const piece of pieces) {
    for (const converted of converter.convert([piece])) text += Buffer.from(converted).toString('latin1');
  }
  return text + Buffer.from(converter.end()).toString('latin1');
}

function gathered(pieces: readonly Uint8Array[], engine: LineEndEngine): string {
  const converter = new LineEndConverter(engine);
  let text = '';
  for (const converted of converter.convert(pieces)) text += Buffer.from(converted).toString('latin1');
  return text + Buffer.from(converter.end()).toString('latin1');
}

const vector = vectorEngine();
assert.ok(vector, 'this platform has WebAssembly');

for (const [name, engine] of [
  ['sixteen octets at a time', vector],
  ["the language's own routines", textEngine()],
] as const) {
  suite(`line ends, ${name}`, () => {
    for (const [given, wanted] of [
      ['', ''],
      ['a', 'a'],
      ['a\r\n', 'a\n'],
      ['\r\n\r\n\r\n', '\n\n\n'],
      ['\r', '\r'],
      ['\r\r\n\r', '\r\n\r'],
      ['\n\r', '\n\r'],
      ['bare\nline\rends\0\xff', 'bare\nline\rends\0\xff'],
      [`${'x'.repeat(15)}\r\n`, `${'x'.repeat(15)}\n`],
      [`${'x'.repeat(16)}\r\n`, `${'x'.repeat(16)}\n`],
      [`${'\r'.repeat(40)}\n`, `${'\r'.repeat(39)}\n`],
    ] as const) {
      test(JSON.stringify(given), () => {
        assert.equal(convert([latin1(given)], engine), wanted);
        const octets = [...latin1(given)].map((octet) => Uint8Array.of(octet));
        assert.equal(convert(octets, engine), wanted, 'octet by octet');
        assert.equal(gathered(octets, engine), wanted, 'gathered');
      });
    }

    test('any octets, in any pieces', () => {
      const octets = fc.uint8Array({ maxLength: 200 });
      const ends = fc.constantFrom(Uint8Array.of(13), Uint8Array.of(10), Uint8Array.of(13, 10));
      fc.assert(
        fc.property(fc.array(fc.oneof(octets, ends), { maxLength: 30 }), (pieces) => {
          const wanted = Buffer.concat(pieces).toString('latin1').replaceAll('\r\n', '\n');
          assert.equal(convert(pieces, engine), wanted);
          assert.equal(gathered(pieces, engine), wanted);
        }),
      );
    });

    test('more than there is room for at a time', () => {
      const line = `${'0123456789'.repeat(7)}\r\n`;
      const text = `${line.repeat(20_000)}\r`;
      assert.equal(convert([latin1(text)], engine), text.replaceAll('\r\n', '\n'));
    });

    test('a converter takes no notice of another one that works in between', () => {
      const [one, other] = [new LineEndConverter(engine), new LineEndConverter(engine)];
      const take = (converter: LineEndConverter, text: string): string =>
        [...converter.convert([latin1(text)])].map((piece) => Buffer.from(piece).toString('latin1')).join('');
      assert.equal(take(one, 'a\r'), 'a');
      assert.equal(take(other, '\nb'), '\nb');
      assert.equal(take(one, '\nc'), '\nc');
    });
  });
}

test('the octets of the code are what its text assembles to', async () => {
  const { parseWat } = await assemble();
  const text = readFileSync(new URL('../../src/destination/line-end.wat', import.meta.url), 'utf8');
  const module = parseWat('line-end.wat', text, { simd: true });
  assert.equal(Buffer.from(module.toBinary({}).buffer).toString('base64'), lineEndCode);
});

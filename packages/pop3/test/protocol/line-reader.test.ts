import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Input } from '../../src/protocol/input.ts';
import { LineReader } from '../../src/protocol/line-reader.ts';

class TooLong extends Error {}

/** The lines in pieces of some size, each as `text` or, where it ended in LF alone, `text (LF)`. */
function lines(wire: string, { size = wire.length, maximum = 100 } = {}): string[] {
  const input = new Input();
  const reader = new LineReader();
  const seen: string[] = [];
  try {
    for (let at = 0; at < wire.length; at += size) {
      input.push(Buffer.from(wire.slice(at, at + size), 'latin1'));
      for (;;) {
        const line = reader.next(input, maximum, () => new TooLong());
        if (line === undefined) break;
        const text = Buffer.from(line.octets).toString('latin1');
        seen.push(`${reader.start}: ${text}${line.bareLineFeed ? ' (LF)' : ''}`);
      }
    }
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    seen.push('too long');
  }
  if (reader.pending) seen.push(`pending: ${Buffer.from(reader.excerpt).toString('latin1')}`);
  return seen;
}

suite('lines', () => {
  const rows: readonly (readonly [wire: string, expected: readonly string[]])[] = [
    ['', []],
    ['a\r\n', ['0: a']],
    ['a\r\nbc\r\n\r\n', ['0: a', '3: bc', '7: ']],
    ['a\n\n', ['0: a (LF)', '2:  (LF)']],
    ['a\rb\r\n', ['0: a\rb']],
    ['a\r\r\n', ['0: a\r']],
    ['a\r\nhalf', ['0: a', 'pending: half']],
    ['a\r', ['pending: a\r']],
  ];
  for (const [wire, expected] of rows) {
    test(`${JSON.stringify(wire)}, cut anywhere`, () => {
      for (let size = 1; size <= Math.max(1, wire.length); size++) {
        assert.deepEqual(lines(wire, { size }), expected, `pieces of ${size}`);
      }
    });
  }

  test('of the longest length are read, and longer ones are not held', () => {
    for (const size of [1, 2, 3, 100]) {
      assert.deepEqual(lines(`${'x'.repeat(10)}\r\n`, { size, maximum: 10 }), ['0: xxxxxxxxxx']);
      assert.deepEqual(lines(`${'x'.repeat(11)}\n`, { size, maximum: 10 })[0], 'too long');
      assert.deepEqual(lines('x'.repeat(1000), { size, maximum: 10 })[0], 'too long');
    }
  });

  test('no octet is searched twice', () => {
    let searched = 0;
    class Counted extends Uint8Array {
      override indexOf(octet: number, from = 0): number {
        const found = super.indexOf(octet, from);
        searched += (found < 0 ? this.length : found + 1) - from;
        return found;
      }
    }
    const input = new Input();
    const reader = new LineReader();
    const wire = Buffer.from(`${'x'.repeat(5000)}\r\n`.repeat(3));
    let count = 0;
    for (let at = 0; at < wire.length; at += 7) {
      input.push(Counted.from(wire.subarray(at, at + 7)));
      while (reader.next(input, 8192, () => new TooLong()) !== undefined) count++;
    }
    assert.equal(count, 3);
    assert.equal(searched, wire.length);
  });
});

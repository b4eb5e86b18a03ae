import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { firstLines } from '../../src/server/top.ts';

async function top(message: string, lines: number, size: number): Promise<string> {
  const octets = Buffer.from(message, 'latin1');
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += size) pieces.push(octets.subarray(at, at + size));
  const seen: Uint8Array[] = [];
  for await (const piece of firstLines(pieces, lines)) seen.push(piece);
  return Buffer.concat(seen).toString('latin1');
}

suite('the top of a message', () => {
  const header = 'A: 1\r\nB: 2\r\n\r\n';
  const rows: readonly (readonly [message: string, lines: number, expected: string])[] = [
    [`${header}one\r\ntwo\r\n`, 0, header],
    [`${header}one\r\ntwo\r\n`, 1, `${header}one\r\n`],
    [`${header}one\r\ntwo\r\n`, 2, `${header}one\r\ntwo\r\n`],
    [`${header}one\r\ntwo\r\n`, 99, `${header}one\r\ntwo\r\n`],
    [`${header}\r\n\r\nx\r\n`, 1, `${header}\r\n`],
    ['A: 1\n\none\ntwo\n', 1, 'A: 1\n\none\n'],
    ['\r\nbody\r\nmore\r\n', 1, '\r\nbody\r\n'],
    ['no blank line\r\n', 5, 'no blank line\r\n'],
    ['', 5, ''],
    [`${header}unfinished`, 1, `${header}unfinished`],
    ['A\r\r\n\r\nx\r\ny\r\n', 1, 'A\r\r\n\r\nx\r\n'],
  ];
  for (const [message, lines, expected] of rows) {
    test(`${JSON.stringify(message)} with ${lines} lines, in pieces of any size`, async () => {
      for (let size = 1; size <= Math.max(1, message.length); size++) {
        assert.equal(await top(message, lines, size), expected, `pieces of ${size}`);
      }
    });
  }

  test('nothing behind it is read', async () => {
    let read = 0;
    function* content(): Generator<Uint8Array> {
      for (;;) {
        read++;
        yield Buffer.from('\r\n');
      }
    }
    for await (const _ of firstLines(content(), 3));
    assert.equal(read, 4);
  });
});

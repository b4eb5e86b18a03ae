import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { FromLineQuoter } from '../../src/destination/from-line.ts';

function quote(pieces: readonly string[]): string {
  const quoter = new FromLineQuoter();
  const quoted = pieces.map((piece) => Buffer.from(quoter.quote(Buffer.from(piece, 'latin1'))));
  return Buffer.concat([...quoted, quoter.end()]).toString('latin1');
}

const reference = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.replace(/^(>*From )/, '>$1'))
    .join('\n');

suite('quoting From lines', () => {
  for (const [text, expected] of [
    ['From x', '>From x'],
    ['>From x', '>>From x'],
    ['>>From x', '>>>From x'],
    ['a\nFrom x\nFrom y\n', 'a\n>From x\n>From y\n'],
    ['From\nFromage\n From \nfrom \n>>\nFro', 'From\nFromage\n From \nfrom \n>>\nFro'],
    ['a From ', 'a From '],
  ] as const) {
    test(JSON.stringify(text), () => assert.equal(quote([text]), expected));
  }

  test('cut anywhere, it is the same (I12)', () => {
    const word = fc.constantFrom('\n', '>', 'From ', 'F', 'r', 'o', 'm', ' ', 'x', '\r', '\n\n');
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 6 }).map((words) => words.join(''))), (pieces) => {
        assert.equal(quote(pieces), reference(pieces.join('')));
      }),
      { numRuns: 3000 },
    );
  });

  test('a line of nothing but > is not held in memory (I7)', () => {
    const quoter = new FromLineQuoter();
    const piece = Buffer.from('>'.repeat(100_000));
    for (let count = 0; count < 10; count++) assert.equal(quoter.quote(piece).length, piece.length);
  });
});

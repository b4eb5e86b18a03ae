import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { describeSplit, type Split, splitOctets } from '../../src/testing/index.ts';

const octets = Uint8Array.from({ length: 500 }, (_, index) => index % 256);
const sizes = (split: Split): number[] => [...splitOctets(octets, split)].map(({ length }) => length);

suite('a split', () => {
  for (const split of ['whole', 'octet', { seed: 1 }, { seed: 2 }] as const) {
    test(`${describeSplit(split)}: nothing is lost, and no piece is empty`, () => {
      const pieces = [...splitOctets(octets, split)];
      assert.deepEqual(Buffer.concat(pieces), Buffer.from(octets));
      assert.ok(pieces.every(({ length }) => length > 0));
    });
  }

  test('whole is one piece, octet is one each', () => {
    assert.deepEqual(sizes('whole'), [500]);
    assert.equal(sizes('octet').length, 500);
  });

  test('at random is the same for the same seed, and another for another', () => {
    assert.deepEqual(sizes({ seed: 7 }), sizes({ seed: 7 }));
    assert.notDeepEqual(sizes({ seed: 7 }), sizes({ seed: 8 }));
    assert.ok(sizes({ seed: 7 }).length > 5);
  });

  test('the pieces are copies, as those from a network are', () => {
    for (const whole of [octets, Buffer.from(octets)]) {
      const [piece] = splitOctets(whole, 'whole');
      assert.notEqual(piece?.buffer, whole.buffer);
    }
  });
});

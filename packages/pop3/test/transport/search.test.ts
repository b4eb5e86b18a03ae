import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { searchOctets } from '../../src/protocol/index.ts';
import { nodeSearch } from '../../src/transport/index.ts';

test("the platform's search finds what the portable one finds", () => {
  const octets = fc
    .array(fc.constantFrom(13, 10, 46, 97), { maxLength: 60 })
    .map((parts) => Uint8Array.from(parts));
  const needle = fc.constantFrom(Uint8Array.of(13, 10, 46), Uint8Array.of(10, 46), Uint8Array.of(10));
  fc.assert(
    fc.property(octets, needle, fc.nat({ max: 62 }), (hay, pin, from) => {
      const expected = Buffer.from(hay).indexOf(pin, from);
      assert.equal(searchOctets(hay, pin, from), expected);
      assert.equal(nodeSearch(hay, pin, from), expected);
    }),
    { numRuns: 2000 },
  );
});

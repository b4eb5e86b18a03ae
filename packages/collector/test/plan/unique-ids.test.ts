import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { UniqueIds } from '../../src/plan/unique-ids.ts';

// Some are the beginning of others, some are none, and some have characters that no octet has.
const uniqueId = fc.oneof(
  fc.constantFrom(undefined, 'a', 'ab', 'abc', 'b', '\xff', '\u0161', '__proto__'),
  fc.string({ minLength: 1, maxLength: 3 }),
);

suite('unique-ids by their place', () => {
  test('are found as in a map, in whatever order they are looked for', () => {
    fc.assert(
      fc.property(fc.array(uniqueId, { maxLength: 20 }), fc.array(uniqueId), (listed, others) => {
        const uniqueIds = new UniqueIds();
        const places = new Map<string, number[]>();
        for (const [place, one] of listed.entries()) {
          uniqueIds.add(one);
          if (one !== undefined) places.set(one, [...(places.get(one) ?? []), place]);
        }
        for (const [place, one] of listed.entries()) {
          assert.equal(uniqueIds.at(place), one);
          assert.equal(uniqueIds.isRepeated(place), (places.get(one ?? '')?.length ?? 0) > 1);
        }
        const named = listed.filter((one) => one !== undefined);
        assert.equal(uniqueIds.areUnique, named.length === listed.length && places.size === listed.length);
        for (const one of [...listed, ...listed.toReversed(), ...others]) {
          const [only, ...more] = places.get(one ?? '') ?? [];
          assert.equal(uniqueIds.placeOf(one ?? ''), more.length === 0 ? only : undefined);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('may be many, and long', () => {
    const uniqueIds = new UniqueIds();
    const idOf = (place: number): string => `${'x'.repeat(place % 7 === 0 ? 20_000 : 20)}${place * 7919}`;
    for (let place = 0; place < 1000; place++) uniqueIds.add(idOf(place));
    for (let place = 0; place < 1000; place++) {
      assert.equal(uniqueIds.at(place), idOf(place));
      assert.equal(uniqueIds.placeOf(idOf(place)), place);
    }
    assert.equal(uniqueIds.at(1000), undefined);
    assert.equal(uniqueIds.placeOf('y'), undefined);
  });
});

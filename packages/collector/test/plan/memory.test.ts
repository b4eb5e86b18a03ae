import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ListingJoiner, type Plan, type PlanOptions, planListing, Sieve } from '../../src/plan/index.ts';
import { entry, now } from '../support/plan-scene.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Octets that are in use, garbage aside. What lies beside the heap is given back a little later. */
async function inUse(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    collectGarbage();
    await turn();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

const count = 50_000;

// Each is a string of its own, as it is where lines are read.
function idOf(place: number): string {
  return Buffer.from(`unique-id-${place}`.padEnd(24, 'x')).toString();
}

function planFor(options: PlanOptions, known: boolean): Plan {
  const joiner = new ListingJoiner();
  for (let place = 0; place < count; place++) {
    joiner.addScan({ messageNumber: place + 1, octets: 100 });
    joiner.addUniqueId({ messageNumber: place + 1, uniqueId: idOf(place) });
  }
  const listing = joiner.join({ named: true, messages: count });
  const settings = { firstRun: !known, options, now };
  const sieve = new Sieve(listing.messages, settings);
  for (let place = 0; known && place < count; place++) sieve.add(entry(idOf(place)));
  return planListing(listing, sieve, settings);
}

suite('a long listing takes little memory a message', () => {
  const cases = [
    ['none is wanted', { newOnly: true }, false],
    ['ten are wanted', { limit: 10 }, false],
    ['all are known', {}, true],
    ['all are wanted', {}, false],
    ['all are to be deleted', { retention: { type: 'delete' } }, true],
  ] as const;
  // The unique-id takes 48 of them, and pieces of memory that grow may be half empty.
  const mostOctets = 200;
  for (const [name, options, known] of cases) {
    test(name, async () => {
      planFor(options, known);
      const before = await inUse();
      const plan = planFor(options, known);
      const octets = ((await inUse()) - before) / count;
      const records = [...plan.bookkeeping].length;
      const { retrieve, known: home, noted, skipped } = plan;
      const parts = [retrieve, plan.delete, home, noted, skipped].map(({ length }) => length);
      assert.equal(
        parts.reduce((sum, part) => sum + part),
        count,
      );
      assert.equal(records, plan.noted.length);
      assert.ok(octets < mostOctets, `${octets} octets a message are in use`);
    });
  }
});

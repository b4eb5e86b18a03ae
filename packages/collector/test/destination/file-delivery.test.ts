import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { FileDelivery } from '../../src/destination/file-delivery.ts';
import { nodeFileSystem } from '../../src/destination/file-system.ts';
import { recordCalls } from '../support/observed-file-system.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-delivery-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (): string => join(folder, 'message');

/** Octets that show where they belong. */
function piece(number: number, length: number): Buffer {
  const octets = Buffer.alloc(length);
  for (let at = 0; at + 8 <= length; at += 8) octets.writeDoubleBE(number * 1e9 + at, at);
  return octets;
}

suite('a message on its way to a file of its own', () => {
  for (const [name, lengths, writes] of [
    ['short', [10, 4000, 1], 1],
    ['in pieces that fill a part to the octet', [65_536, 65_536, 65_536, 65_536], 2],
    ['in pieces that do not', [65_535, 70_000, 1, 131_071, 131_073, 5], 4],
    ['in pieces that are larger than any buffer', [3, 600_000, 131_072, 300_000, 7], 5],
    ['in a thousand pieces', Array.from({ length: 1000 }, (_, index) => 1000 + index), 12],
  ] as const) {
    test(`${name}: octet for octet, in ${writes} writes`, () => {
      const { fileSystem, calls } = recordCalls();
      const pieces = lengths.map((length, number) => piece(number, length));
      const delivery = new FileDelivery('test', 'a', path(), fileSystem);
      for (const octets of pieces) delivery.write(octets);
      delivery.end();
      assert.ok(readFileSync(path()).equals(Buffer.concat(pieces)));
      assert.equal(delivery.octets, Buffer.concat(pieces).length);
      assert.equal(calls.filter((call) => call === 'write').length, writes);
      delivery.abort();
    });
  }

  test('given up: nothing is left of it', () => {
    const delivery = new FileDelivery('test', 'a', path(), nodeFileSystem);
    delivery.write(piece(1, 300_000));
    assert.ok(existsSync(path()));
    delivery.abort();
    assert.equal(existsSync(path()), false);
  });
});

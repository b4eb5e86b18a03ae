import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { FileDelivery } from '../../src/destination/file-delivery.ts';
import { type FileSystem, nodeFileSystem } from '../../src/destination/file-system.ts';
import { DestinationError } from '../../src/index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-delivery-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name = 'message'): string => join(folder, name);

/** Writes in the pool only when it is told to, and writes down what is done. */
class SlowFileSystem {
  readonly calls: string[] = [];
  #go: (() => void) | undefined;
  readonly fileSystem: FileSystem = {
    ...nodeFileSystem,
    write: (file, octets) => {
      this.calls.push('write');
      nodeFileSystem.write(file, octets);
    },
    writeLater: async (file, octets) => {
      this.calls.push('begin');
      await new Promise<void>((resolve) => {
        this.#go = resolve;
      });
      await nodeFileSystem.writeLater(file, octets);
      this.calls.push('done');
    },
    close: (file) => {
      this.calls.push('close');
      nodeFileSystem.close(file);
    },
  };

  finishWrite(): void {
    this.#go?.();
  }
}

/** Octets that show where they belong. */
function piece(number: number, length: number): Buffer {
  const octets = Buffer.alloc(length);
  for (let at = 0; at + 8 <= length; at += 8) octets.writeDoubleBE(number * 1e9 + at, at);
  return octets;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

suite('a message on its way to a file of its own', () => {
  for (const [name, lengths] of [
    ['short', [10, 4000, 1]],
    ['in pieces that fill a part to the octet', [65_536, 65_536, 65_536, 65_536]],
    ['in pieces that do not', [65_535, 70_000, 1, 131_071, 131_073, 5]],
    ['in pieces that are larger than any buffer', [3, 600_000, 131_072, 300_000, 7]],
    ['long', Array.from({ length: 40 }, (_, index) => 30_000 + index * 1111)],
  ] as const) {
    test(`${name}: octet for octet`, async () => {
      const pieces = lengths.map((length, number) => piece(number, length));
      const delivery = new FileDelivery('test', 'a', path(), nodeFileSystem);
      for (const octets of pieces) await delivery.write(octets);
      await delivery.end();
      assert.ok(readFileSync(path()).equals(Buffer.concat(pieces)));
      assert.equal(delivery.octets, Buffer.concat(pieces).length);
      delivery.discard();
    });
  }

  test('a short one is there when `end` returns: nothing is waited for', () => {
    const delivery = new FileDelivery('test', 'a', path(), nodeFileSystem);
    assert.equal(delivery.write(piece(1, 4000)), undefined);
    assert.equal(delivery.end(), undefined);
    assert.equal(readFileSync(path()).length, 4000);
    delivery.discard();
  });

  test('the parts of a long one are written while the next one comes, one at a time, and before its end', async () => {
    const slow = new SlowFileSystem();
    const pieces = [1, 2, 3].map((number) => piece(number, 140_000));
    const delivery = new FileDelivery('test', 'a', path(), slow.fileSystem);
    await delivery.write(pieces[0] ?? Buffer.alloc(0));
    assert.deepEqual(slow.calls, ['begin']);
    let second = false;
    const waiting = Promise.resolve(delivery.write(pieces[1] ?? Buffer.alloc(0))).then(() => {
      second = true;
    });
    await turn();
    assert.deepEqual([slow.calls, second], [['begin'], false]);
    slow.finishWrite();
    await waiting;
    assert.deepEqual(slow.calls, ['begin', 'done', 'begin']);
    let ended = false;
    const end = Promise.resolve(delivery.end()).then(() => {
      ended = true;
    });
    await turn();
    assert.equal(ended, false);
    slow.finishWrite();
    await end;
    assert.ok(readFileSync(path()).equals(Buffer.concat(pieces.slice(0, 2))));
    delivery.discard();
  });

  test('several at once do not disturb each other', async () => {
    const deliveries = Array.from({ length: 12 }, (_, number) => ({
      delivery: new FileDelivery('test', String(number), path(String(number)), nodeFileSystem),
      pieces: Array.from({ length: 9 }, (_, index) => piece(number * 100 + index, 90_000)),
    }));
    await Promise.all(
      deliveries.map(async ({ delivery, pieces }) => {
        for (const octets of pieces) await delivery.write(octets);
        await delivery.end();
      }),
    );
    for (const { delivery, pieces } of deliveries) {
      assert.ok(readFileSync(delivery.path).equals(Buffer.concat(pieces)));
      delivery.discard();
    }
  });

  for (const [name, waitsForRoom] of [
    ['while a part is on its way', false],
    ['while another part waits behind it', true],
  ] as const) {
    test(`given up ${name}: its file is closed when that part is done, nothing more is written, and it is gone`, async () => {
      const slow = new SlowFileSystem();
      const delivery = new FileDelivery('test', 'a', path(), slow.fileSystem);
      await delivery.write(piece(1, 140_000));
      const waiting = waitsForRoom ? delivery.write(piece(2, 140_000)) : undefined;
      const aborted = delivery.abort();
      await turn();
      assert.deepEqual(slow.calls, ['begin']);
      slow.finishWrite();
      await Promise.all([aborted, waiting]);
      assert.deepEqual(slow.calls, ['begin', 'done', 'close']);
      assert.equal(existsSync(path()), false);
    });
  }

  test('a part that cannot be written is what the next call says, and no file is left', async () => {
    for (const next of ['write', 'end'] as const) {
      const full: FileSystem = {
        ...nodeFileSystem,
        writeLater: () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })),
      };
      const delivery = new FileDelivery('test', 'a', path(), full);
      await delivery.write(piece(1, 140_000));
      await assert.rejects(
        async () => (next === 'end' ? delivery.end() : delivery.write(piece(2, 140_000))),
        (error) => error instanceof DestinationError && /no space|full/i.test(error.message),
      );
      assert.equal(existsSync(path()), false);
      await delivery.abort();
    }
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { MaildropMessage } from '../../src/server/index.ts';
import { ReadAhead } from '../../src/server/read-ahead.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function scene(octets: readonly number[], fails: (index: number, attempt: number) => boolean = () => false) {
  const attempts = new Map<number, number>();
  const messages = octets.map(
    (size, index): MaildropMessage => ({ octets: size, uniqueId: `${index}`, read: () => [] }),
  );
  const ahead = new ReadAhead(messages, async function* (message) {
    const index = Number(message.uniqueId);
    const attempt = (attempts.get(index) ?? 0) + 1;
    attempts.set(index, attempt);
    if (fails(index, attempt)) throw new Error(`cannot read ${index}`);
    yield Buffer.from(`message ${index}`);
  });
  const read = async (index: number): Promise<string> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of ahead.read(index)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };
  return { ahead, read, attempts };
}

suite('reading ahead', () => {
  test('begins with the second message in a row, and each is read once', async () => {
    const { read, attempts } = scene(Array.from({ length: 40 }, () => 100));
    assert.equal(await read(0), 'message 0');
    assert.equal(attempts.size, 1);
    assert.equal(await read(1), 'message 1');
    await turn();
    assert.equal(attempts.size, 18);
    for (let index = 2; index < 40; index++) assert.equal(await read(index), `message ${index}`);
    assert.ok([...attempts.values()].every((count) => count === 1));
  });

  test('leaves out large messages', async () => {
    const { read, attempts } = scene([100, 100, 10_000_000, 100]);
    await read(0);
    await read(1);
    await turn();
    assert.deepEqual([...attempts.keys()].sort(), [0, 1, 3]);
    assert.equal(await read(2), 'message 2');
  });

  test('leaves out one that is larger than it says', async () => {
    const pieces = Array.from({ length: 100 }, () => Buffer.alloc(1000));
    const messages = ['0', '1', '2'].map(
      (uniqueId): MaildropMessage => ({ octets: 0, uniqueId, read: () => [] }),
    );
    let given = 0;
    const ahead = new ReadAhead(messages, async function* () {
      for (const piece of pieces) {
        given++;
        yield piece;
      }
    });
    const count = async (index: number): Promise<number> => {
      let octets = 0;
      for await (const piece of ahead.read(index)) octets += piece.length;
      return octets;
    };
    await count(0);
    await count(1);
    await turn();
    assert.equal(given, 100 + 100 + 66);
    assert.equal(await count(2), 100_000);
  });

  test('is given up when the client takes another one', async () => {
    const { read } = scene(Array.from({ length: 10 }, () => 100));
    await read(0);
    await read(1);
    assert.equal(await read(7), 'message 7');
    assert.equal(await read(2), 'message 2');
  });

  test('the same message again is the same', async () => {
    const { read } = scene([100, 100]);
    assert.equal(await read(0), await read(0));
  });

  test('what could not be read in advance is tried again, and fails where it must', async () => {
    const { read } = scene(
      [100, 100, 100, 100],
      (index, attempt) => index === 3 || (index === 2 && attempt === 1),
    );
    await read(0);
    await read(1);
    await turn();
    assert.equal(await read(2), 'message 2');
    await assert.rejects(read(3), /cannot read 3/);
  });
});

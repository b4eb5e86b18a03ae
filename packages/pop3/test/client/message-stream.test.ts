import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { suite, test } from 'node:test';
import { MessageStream } from '../../src/client/message-stream.ts';

const octets = (text: string): Uint8Array => Buffer.from(text);
const large = new Uint8Array(200_000);

/** Whether a promise is still waiting when everything that can go on has gone on. */
async function waits(promise: void | Promise<void>): Promise<boolean> {
  let settled = false;
  void Promise.resolve(promise).then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return !settled;
}

suite('a message stream', () => {
  test('asks the session to wait while 256 KB are unread, and no longer', async () => {
    const stream = new MessageStream();
    assert.equal(await waits(stream.push(large)), false);
    const pushed = stream.push(large);
    assert.equal(await waits(pushed), true);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    assert.equal(await waits(pushed), true, 'what was given out is still in the hands of the reader');
    await iterator.next();
    assert.equal(await waits(pushed), true);
    const third = iterator.next();
    assert.equal(await waits(pushed), false);
    stream.end();
    assert.deepEqual(await third, { done: true, value: undefined });
  });

  test('asks it much earlier where the octets come one by one: each costs a hundred times its size', async () => {
    const stream = new MessageStream();
    let taken = 0;
    while (stream.push(octets('x')) === undefined && taken < 4000) taken++;
    assert.ok(taken < 1000, `${taken} chunks were taken`);
  });

  test('gives what came before a failure, and then the failure', async () => {
    const stream = new MessageStream();
    await stream.push(octets('one'));
    stream.fail(new Error('cut'));
    const iterator = stream[Symbol.asyncIterator]();
    assert.deepEqual((await iterator.next()).value, octets('one'));
    await assert.rejects(iterator.next(), { message: 'cut' });
  });

  test('can be read once', async () => {
    const stream = new MessageStream();
    await stream.push(octets('one'));
    const first = stream[Symbol.asyncIterator]();
    const second = stream[Symbol.asyncIterator]();
    assert.deepEqual((await second.next()).value, octets('one'));
    await assert.rejects(first.next(), /once only/);
    await first.return(undefined);
    stream.end();
    assert.deepEqual(await second.next(), { done: true, value: undefined });
  });

  test("goes through Node's pipeline, which asks for an iterator more than once", async () => {
    const stream = new MessageStream();
    await stream.push(octets('one'));
    stream.end();
    const sink = new PassThrough();
    await pipeline(stream, sink);
    assert.deepEqual(sink.read(), octets('one'));
  });

  // Each way to leave, before anything was read and in the middle.
  const leaving: readonly (readonly [
    name: string,
    leave: (stream: MessageStream, read: number) => Promise<unknown>,
  ])[] = [
    ['discard', async (stream) => stream.discard()],
    [
      'break',
      async (stream, read) => {
        let count = 0;
        if (read === 0) await stream[Symbol.asyncIterator]().return(undefined);
        else for await (const _ of stream) if (++count === read) break;
      },
    ],
    [
      'throw',
      async (stream, read) => {
        const iterator = stream[Symbol.asyncIterator]();
        for (let count = 0; count < read; count++) await iterator.next();
        await iterator.throw(new Error('enough')).catch(() => {});
      },
    ],
    [
      'cancel',
      async (stream, read) => {
        const reader = stream.readable.getReader();
        for (let count = 0; count < read; count++) await reader.read();
        await reader.cancel();
      },
    ],
    [
      'destroy',
      async (stream, read) => {
        const readable = Readable.from(stream, { objectMode: false, highWaterMark: 1 });
        const iterator = readable[Symbol.asyncIterator]();
        for (let count = 0; count < read; count++) await iterator.next();
        await new Promise((resolve) => readable.once('close', resolve).destroy());
      },
    ],
    ['bytes with a maximum', (stream) => stream.bytes({ maximum: 10 }).catch(() => {})],
  ];
  for (const [name, leave] of leaving) {
    for (const read of [0, 1]) {
      test(`left by ${name} after ${read} pieces: the session goes on, and what still comes is not held`, async () => {
        const stream = new MessageStream();
        await stream.push(large);
        const held = stream.push(large);
        assert.equal(await waits(held), true);
        await leave(stream, read);
        assert.equal(await waits(held), false);
        for (let count = 0; count < 10; count++) assert.equal(await waits(stream.push(large)), false);
      });
    }
  }

  test('whoever reads when it is discarded gets an error: a part is never taken for the whole', async () => {
    const stream = new MessageStream();
    await stream.push(octets('half'));
    const whole = stream.bytes();
    stream.discard();
    await assert.rejects(whole, { code: 'ERR_POP3_LOCAL_PROTOCOL' });

    const waiting = new MessageStream();
    const bytes = waiting.bytes();
    await new Promise((resolve) => setImmediate(resolve));
    waiting.discard();
    await assert.rejects(bytes, { code: 'ERR_POP3_LOCAL_PROTOCOL' });

    const ended = new MessageStream();
    await ended.push(octets('all of it'));
    ended.end();
    ended.discard();
    await assert.rejects(ended.bytes(), { code: 'ERR_POP3_LOCAL_PROTOCOL' });
  });

  test('an empty message is an empty stream', async () => {
    const stream = new MessageStream();
    stream.end();
    assert.equal((await stream.bytes()).length, 0);
  });
});

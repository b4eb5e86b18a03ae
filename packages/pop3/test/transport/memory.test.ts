import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createMemoryPair, type OctetStream } from '../../src/transport/index.ts';

const octets = (text: string): Uint8Array => Buffer.from(text);

async function readAll(stream: OctetStream): Promise<string[]> {
  const pieces: string[] = [];
  for (let piece = await stream.read(); piece !== null; piece = await stream.read()) {
    pieces.push(Buffer.from(piece).toString());
  }
  return pieces;
}

suite('a pair in memory', () => {
  test('carries octets both ways, and an end', async () => {
    const [client, server] = createMemoryPair();
    await client.write(octets('ping'));
    assert.equal(Buffer.from((await server.read()) ?? []).toString(), 'ping');
    await server.write(octets('pong'));
    await server.close();
    assert.deepEqual(await readAll(client), ['pong']);
    assert.equal(await client.read(), null);
  });

  test('cuts what is written as it is told to', async () => {
    const [client, server] = createMemoryPair({ split: 2 });
    await client.write(octets('abcde'));
    await client.close();
    assert.deepEqual(await readAll(server), ['ab', 'cd', 'e']);
  });

  test('what was written belongs to the stream: changing it afterwards changes nothing', async () => {
    const [client, server] = createMemoryPair();
    const mine = octets('one');
    await client.write(mine);
    mine.fill(0);
    assert.equal(Buffer.from((await server.read()) ?? []).toString(), 'one');
  });

  test('writing waits while too much is unread', async () => {
    const [client, server] = createMemoryPair({ highWaterMark: 4 });
    let written = false;
    const writing = client.write(octets('abcdef')).then(() => {
      written = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(written, false);
    await server.read();
    await writing;
  });

  test('destroyed: both ends hear of it, and what waits is rejected', async () => {
    const [client, server] = createMemoryPair();
    const reading = client.read();
    const other = server.read();
    client.destroy(new Error('enough'));
    await assert.rejects(reading, { message: 'enough' });
    await assert.rejects(other, { code: 'ERR_POP3_TRANSPORT' });
    await assert.rejects(client.write(octets('x')), { message: 'enough' });
    await assert.rejects(server.write(octets('x')), { code: 'ERR_POP3_TRANSPORT' });
  });

  test('one read at a time', async () => {
    const [client] = createMemoryPair();
    const first = client.read();
    await assert.rejects(client.read(), /before the last one was answered/);
    client.destroy();
    await assert.rejects(first);
  });

  test('has no TLS where it was given none', async () => {
    const [client] = createMemoryPair();
    await assert.rejects(client.upgrade(), { code: 'ERR_POP3_LOCAL_PROTOCOL' });
  });
});

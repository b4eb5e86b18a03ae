import assert from 'node:assert/strict';
import { Duplex, duplexPair } from 'node:stream';
import { suite, test } from 'node:test';
import { SocketStream } from '../../src/transport/socket-stream.ts';

const endpoint = { host: 'h.example', port: 110 };

/** A stream over one side of a pair; the other side is the peer's. */
function streamAndPeer() {
  const [mine, peer] = duplexPair({ readableHighWaterMark: 1024, writableHighWaterMark: 1024 });
  peer.on('error', () => {});
  return { stream: new SocketStream(mine, endpoint), socket: mine, peer };
}

const text = (octets: Uint8Array | null): string => Buffer.from(octets ?? []).toString();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

suite('octets of a socket', () => {
  test('are read in order, whole, and end with null again and again', async () => {
    const { stream, peer } = streamAndPeer();
    peer.write('one');
    assert.equal(text(await stream.read()), 'one');
    const waiting = stream.read();
    peer.end('two');
    assert.equal(text(await waiting), 'two');
    assert.equal(await stream.read(), null);
    assert.equal(await stream.read(), null);
  });

  test('that came before a break are read first, then the break', async () => {
    const { stream, socket, peer } = streamAndPeer();
    peer.write('last words');
    await turn();
    await turn();
    socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    await turn();
    assert.equal(text(await stream.read()), 'last words');
    await assert.rejects(stream.read(), {
      code: 'ERR_POP3_TRANSPORT',
      phase: 'read',
      message: /h\.example:110: .*reset/,
    });
  });

  test('that are no TLS: the error is one line, and says what is wrong with them', async () => {
    const { stream, socket } = streamAndPeer();
    const message = '401D:error:0A0001BB:SSL routines:validate_record:bad record type:methods/tls13.c:263:\n';
    socket.destroy(Object.assign(new Error(message), { reason: 'bad record type' }));
    await assert.rejects(stream.read(), {
      message: 'h.example:110: the connection broke (bad record type)',
    });
  });

  test('are not taken from the peer while much is unread', async () => {
    const { stream, socket, peer } = streamAndPeer();
    let taken = 0;
    for (; taken < 4000; taken++) {
      if (!peer.write(new Uint8Array(1024))) {
        await turn();
        await turn();
        if (peer.writableNeedDrain) break;
      }
    }
    assert.ok(taken >= 150 && taken < 1000, `${taken} KB were taken`);
    assert.equal(socket.isPaused(), true);
    let read = 0;
    while (socket.isPaused()) read += (await stream.read())?.length ?? 0;
    assert.ok(read >= 64 * 1024, `${read} octets were read before more was taken`);
  });

  test('that come one by one count for what holding them costs', async () => {
    const { socket, peer } = streamAndPeer();
    let taken = 0;
    for (; !socket.isPaused() && taken < 4000; taken++) {
      peer.write('x');
      await turn();
    }
    assert.ok(taken < 1000, `${taken} chunks were taken`);
  });

  test('are written in one go, and writing waits while the peer takes nothing', async () => {
    const { stream, peer } = streamAndPeer();
    await stream.write(Buffer.from('STAT\r\n'));
    await turn();
    assert.equal(peer.read()?.toString(), 'STAT\r\n');
    let written = false;
    const writing = stream.write(new Uint8Array(4096)).then(() => {
      written = true;
    });
    await turn();
    assert.equal(written, false);
    peer.resume();
    await writing;
  });

  test('are not written as long as they wait in the buffer: closing then would lose them', async () => {
    let take: () => void = () => {};
    const socket = new Duplex({
      read() {},
      write(_octets, _encoding, taken) {
        take = taken;
      },
    });
    let written = false;
    const writing = new SocketStream(socket, endpoint).write(Buffer.from('+OK goodbye\r\n')).then(() => {
      written = true;
    });
    await turn();
    assert.equal(written, false);
    take();
    await writing;
  });

  test('destroyed with a reason: reading and writing reject with it', async () => {
    const { stream } = streamAndPeer();
    const reading = stream.read();
    const reason = new Error('enough');
    stream.destroy(reason);
    await assert.rejects(reading, reason);
    await assert.rejects(stream.read(), reason);
    await assert.rejects(stream.write(Buffer.from('x')), reason);
    stream.destroy();
    await stream.close();
  });

  test('closed: what was written arrives, what still comes is passed over', async () => {
    const { stream, peer } = streamAndPeer();
    const received: string[] = [];
    peer.on('data', (data) => received.push(String(data))).on('end', () => peer.end());
    await stream.write(Buffer.from('QUIT\r\n'));
    peer.write('+OK\r\n');
    await stream.close();
    assert.deepEqual(received, ['QUIT\r\n']);
  });
});

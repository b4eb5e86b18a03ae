import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { afterEach, suite, test } from 'node:test';
import { ImapDestination } from '../../src/index.ts';
import { makeScene, message } from '../support/scene.ts';
import { startSilentServer } from '../support/silent-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** As much of an IMAP server as takes messages. `answer` gives what it says to one, behind the tag. */
async function startServer(
  capabilities: string,
  answer: (content: string) => string,
): Promise<{ port: number; readonly stored: string[] }> {
  const stored: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    let input = '';
    let literal: { readonly tag: string; readonly octets: number } | undefined;
    const reply = (line: string): void => {
      const [tag = '', word = ''] = line.split(' ');
      const command = word.toUpperCase();
      const octets = /\{(\d+)\+?\}$/.exec(line)?.[1];
      if (octets !== undefined) literal = { tag, octets: Number(octets) };
      else if (command === 'CAPABILITY') socket.write(`* CAPABILITY ${capabilities}\r\n${tag} OK\r\n`);
      else if (command === 'LIST') socket.write(`* LIST () "/" INBOX\r\n${tag} OK\r\n`);
      else if (command === 'SELECT')
        socket.write(`* 0 EXISTS\r\n* FLAGS ()\r\n* OK [UIDVALIDITY 1]\r\n${tag} OK [READ-WRITE]\r\n`);
      else if (command === 'LOGOUT') socket.end(`* BYE\r\n${tag} OK\r\n`);
      else socket.write(`${tag} OK\r\n`);
    };
    socket.write(`* OK [CAPABILITY ${capabilities}]\r\n`);
    socket.on('data', (octets: Buffer) => {
      input += octets.toString('latin1');
      for (;;) {
        if (literal === undefined) {
          const end = input.indexOf('\r\n');
          if (end < 0) return;
          const line = input.slice(0, end);
          input = input.slice(end + 2);
          reply(line);
          continue;
        }
        const { tag, octets: length } = literal;
        if (input.length < length + 2) return;
        const content = input.slice(0, length);
        input = input.slice(length + 2);
        literal = undefined;
        const said = answer(content);
        if (said.startsWith('OK')) stored.push(content);
        socket.write(`${tag} ${said}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, stored };
}

const destination = (port: number): ImapDestination =>
  new ImapDestination({
    host: '127.0.0.1',
    port,
    security: 'none',
    user: 'u',
    password: 'p',
    folder: 'INBOX',
    name: 'imap://x',
  });

suite('an IMAP folder as the destination', () => {
  test('a message larger than the server takes (APPENDLIMIT) stops no other', async () => {
    const server = await startServer('IMAP4rev1 LITERAL+ APPENDLIMIT=5000', () => 'OK');
    const scene = await makeScene([message(1), message(2, 1000), message(3)]);
    cleanups.push(() => scene.close());
    const { result, retrieved, failed } = await scene.collect({ destinations: [destination(server.port)] });
    assert.deepEqual([result, retrieved, server.stored.length], ['partial', 2, 2]);
    assert.match(failed[0]?.reason ?? '', /the server refused the message: .*APPENDLIMIT/);
    assert.equal(failed[0]?.messageNumber, 2);
  });

  test('a server that takes none now is no message’s fault, and sets none aside', async () => {
    let said = 'NO [UNAVAILABLE] not now';
    const server = await startServer('IMAP4rev1 LITERAL+', () => said);
    const scene = await makeScene([message(1), message(2)]);
    cleanups.push(() => scene.close());
    const run = () => scene.collect({ destinations: [destination(server.port)] });
    for (let count = 0; count < 4; count++) {
      const { result, failed } = await run();
      assert.deepEqual([result, failed.map(({ setAside }) => setAside)], ['partial', [false, false]]);
    }
    said = 'OK';
    assert.deepEqual([(await run()).result, server.stored.length], ['done', 2]);
  });

  test('a server that says nothing is not waited for once the destination is closed', {
    timeout: 20_000,
  }, async () => {
    const server = await startSilentServer();
    cleanups.push(() => server.close());
    const to = destination(server.port);
    const begun = assert.rejects(to.begin({ id: 'x', octets: 1 }), /cannot connect/);
    const { closed } = await server.connected;
    await to.close();
    await Promise.all([begun, closed]);
  });
});

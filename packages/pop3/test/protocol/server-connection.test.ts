import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { NEED_DATA, NEED_REPLY, ServerConnection } from '../../src/protocol/index.ts';

const misuse = { code: 'ERR_POP3_LOCAL_PROTOCOL' };

/** A server that has greeted and answered these lines with +OK; the last one waits for its answer. */
function asked(...lines: readonly string[]): ServerConnection {
  const server = new ServerConnection();
  server.greet('+OK', '');
  for (const [index, line] of lines.entries()) {
    server.receiveData(Buffer.from(`${line}\r\n`));
    assert.notEqual(typeof server.nextEvent(), 'symbol', line);
    if (index < lines.length - 1) server.respond('+OK', '');
  }
  return server;
}

const text = (...octets: readonly Uint8Array[]): string => Buffer.concat(octets).toString('latin1');

suite("the server's core", () => {
  test('gives one command at a time, however many came', () => {
    const server = asked();
    server.receiveData(Buffer.from('USER a\r\nPASS b\r\n'));
    assert.notEqual(typeof server.nextEvent(), 'symbol');
    assert.equal(server.nextEvent(), NEED_REPLY);
    server.respond('+OK', '');
    assert.notEqual(typeof server.nextEvent(), 'symbol');
    server.respond('+OK', '');
    assert.equal(server.nextEvent(), NEED_DATA);
    assert.equal(server.state, 'TRANSACTION');
  });

  test('says nothing that it was not asked for', () => {
    const server = asked();
    assert.throws(() => server.greet('+OK', ''), misuse);
    assert.throws(() => server.respond('+OK', ''), misuse);
    assert.throws(() => server.line('x'), misuse);
    assert.throws(() => server.content(Buffer.from('x')), misuse);
    assert.throws(() => server.end(), misuse);
    assert.throws(() => server.tlsEstablished(), misuse);
    assert.throws(() => asked('CAPA').challenge(''), misuse);
  });

  test('has content behind RETR and TOP, lines behind LIST, and neither behind -ERR', () => {
    const server = asked('USER a', 'PASS b', 'RETR 1');
    server.respond('+OK', '');
    assert.throws(() => server.line('x'), misuse);
    assert.equal(text(...server.content(Buffer.from('.a\r\n')), server.end()), '..a\r\n.\r\n');
    assert.equal(server.nextEvent(), NEED_DATA);

    const refusing = asked('USER a', 'PASS b', 'LIST');
    refusing.respond('-ERR', 'no');
    assert.throws(() => refusing.line('x'), misuse);
  });

  test('a line stays one line, and its dot is stuffed', () => {
    const server = asked('CAPA');
    server.respond('+OK', 'a\r\n-ERR b');
    assert.equal(text(server.line('.x\r\n.\r\ny')), '..x .\u0020y\r\n');
  });

  test('an empty message is its terminator alone', () => {
    const server = asked('USER a', 'PASS b', 'RETR 1');
    server.respond('+OK', '');
    assert.equal(text(...server.content(new Uint8Array(0)), server.end()), '.\r\n');
  });

  test('octets behind STLS are refused in the moment when it would be accepted', () => {
    const server = asked('STLS');
    server.receiveData(Buffer.from('U'));
    assert.throws(() => server.respond('+OK', ''), {
      code: 'ERR_POP3_REMOTE_PROTOCOL',
      rule: 'octets-behind-stls',
    });
    assert.throws(() => server.nextEvent(), { code: 'ERR_POP3_REMOTE_PROTOCOL' });

    const refusing = asked('STLS');
    refusing.receiveData(Buffer.from('USER a\r\n'));
    refusing.respond('-ERR', 'no');
    assert.notEqual(typeof refusing.nextEvent(), 'symbol');
  });

  test('a refused QUIT ends the session as well', () => {
    const server = asked('USER a', 'PASS b', 'QUIT');
    assert.equal(server.state, 'UPDATE');
    server.respond('-ERR', 'some messages not removed');
    assert.equal(server.state, 'CLOSED');
    assert.deepEqual(server.nextEvent(), { type: 'closed' });
  });
});

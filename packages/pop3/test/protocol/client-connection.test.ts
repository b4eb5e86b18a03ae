import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ClientConnection, type Command, isPop3Error, NEED_DATA, secret } from '../../src/protocol/index.ts';

/** A step: a command to send, or octets that come; null is their end. */
type Step = Command | string | null;

/** Does what is said, and gives the connection. Errors of reading end it. */
function after(...steps: readonly Step[]): ClientConnection {
  const connection = new ClientConnection();
  for (const step of steps) {
    if (step !== null && typeof step === 'object') {
      connection.send(step);
      continue;
    }
    connection.receiveData(step === null ? null : Buffer.from(step));
    try {
      for (let event = connection.nextEvent(); event !== NEED_DATA; event = connection.nextEvent()) {
        if (event.type === 'closed') break;
      }
    } catch {
      return connection;
    }
  }
  return connection;
}

const user: Command = { keyword: 'USER', name: 'a' };
const pass: Command = { keyword: 'PASS', password: secret('b') };
const dele: Command = { keyword: 'DELE', messageNumber: 1 };
const rset: Command = { keyword: 'RSET' };
const noop: Command = { keyword: 'NOOP' };
const quit: Command = { keyword: 'QUIT' };
const login: readonly Step[] = ['+OK\r\n', user, '+OK\r\n', pass, '+OK\r\n'];

suite('whether deletions were committed', () => {
  const rows: readonly (readonly [name: string, steps: readonly Step[], committed: string])[] = [
    ['nothing was deleted', [quit, '+OK\r\n'], 'no'],
    ['DELE, and no QUIT', [dele, '+OK\r\n'], 'no'],
    ['DELE, and the server closes', [dele, '+OK\r\n', null], 'no'],
    ['DELE and QUIT', [dele, '+OK\r\n', quit, '+OK\r\n'], 'yes'],
    ['DELE and QUIT in flight together', [dele, quit, '+OK\r\n+OK\r\n'], 'yes'],
    ['DELE, and QUIT on its way', [dele, '+OK\r\n', quit], 'unknown'],
    ['DELE, and the server closes instead of answering QUIT', [dele, '+OK\r\n', quit, null], 'unknown'],
    ['DELE, and QUIT refused', [dele, '+OK\r\n', quit, '-ERR some were not\r\n'], 'unknown'],
    ['DELE, and nonsense for QUIT', [dele, '+OK\r\n', quit, 'what?\r\n'], 'unknown'],
    ['DELE unanswered, QUIT unanswered', [dele, quit, null], 'unknown'],
    ['DELE refused, and QUIT', [dele, '-ERR\r\n', quit, '+OK\r\n'], 'no'],
    ['DELE, RSET and QUIT', [dele, '+OK\r\n', rset, '+OK\r\n', quit, '+OK\r\n'], 'no'],
    ['DELE, RSET refused, and QUIT', [dele, '+OK\r\n', rset, '-ERR\r\n', quit, '+OK\r\n'], 'yes'],
    ['DELE, RSET unanswered, and QUIT unanswered', [dele, '+OK\r\n', rset, quit, null], 'unknown'],
  ];
  for (const [name, steps, committed] of rows) {
    test(`${name}: ${committed}`, () => {
      assert.equal(after(...login, ...steps).deletionsCommitted, committed);
    });
  }
});

suite('what a client must not do', () => {
  const rows: readonly (readonly [
    name: string,
    connection: () => ClientConnection,
    command: Command,
    message: RegExp,
  ])[] = [
    ['speak before the greeting', () => after(), noop, /not allowed in the GREETING state/],
    [
      'use TRANSACTION commands before the login',
      () => after('+OK\r\n'),
      noop,
      /not allowed in the AUTHORIZATION state/,
    ],
    ['log in twice', () => after(...login), user, /not allowed in the TRANSACTION state/],
    ['start TLS after the login', () => after(...login), { keyword: 'STLS' }, /TRANSACTION/],
    [
      'speak during the handshake',
      () => after('+OK\r\n', { keyword: 'STLS' }, '+OK\r\n'),
      user,
      /TLS-HANDSHAKE/,
    ],
    ['speak behind QUIT', () => after(...login, quit), noop, /UPDATE/],
    ['speak when it is over', () => after(...login, quit, '+OK\r\n'), noop, /CLOSED/],
    ['speak to a server that turned it away', () => after('-ERR no\r\n'), user, /CLOSED/],
    ['send PASS with another command', () => after('+OK\r\n', user), pass, /PASS cannot be in flight/],
    [
      'send a command with AUTH',
      () => after('+OK\r\n', { keyword: 'AUTH', mechanism: 'X' }),
      user,
      /AUTH cannot be in flight/,
    ],
  ];
  for (const [name, make, command, message] of rows) {
    test(`${name}: nothing is sent, and nothing changes`, () => {
      const connection = make();
      const { state, outstanding } = connection;
      assert.throws(
        () => connection.send(command),
        (error) =>
          isPop3Error(error) &&
          error.code === 'ERR_POP3_LOCAL_PROTOCOL' &&
          !error.fatal &&
          message.test(error.message),
      );
      assert.deepEqual([connection.state, connection.outstanding], [state, outstanding]);
    });
  }

  test('answer a challenge that nobody sent, or twice, or in anything but base64', () => {
    const connection = after('+OK\r\n', { keyword: 'AUTH', mechanism: 'X' });
    const refused = { code: 'ERR_POP3_LOCAL_PROTOCOL' };
    assert.throws(() => connection.sendAuthenticationResponse(secret('eA==')), refused);
    assert.throws(() => connection.cancelAuthentication(), refused);
    connection.receiveData(Buffer.from('+ \r\n'));
    assert.notEqual(connection.nextEvent(), NEED_DATA);
    assert.throws(() => connection.sendAuthenticationResponse(secret('a\r\nDELE 1')), refused);
    assert.equal(Buffer.from(connection.sendAuthenticationResponse(secret('eA=='))).toString(), 'eA==\r\n');
    assert.throws(() => connection.sendAuthenticationResponse(secret('eA==')), refused);
  });

  test('say that TLS is established when it was not agreed on', () => {
    assert.throws(() => after('+OK\r\n').tlsEstablished(), { code: 'ERR_POP3_LOCAL_PROTOCOL' });
  });
});

suite('octets that no command asked for', () => {
  test('are found before the next command is sent, also where nobody asked for events in between', () => {
    for (const surprise of ['+OK\r\n', '+', '\r\n+OK\r\n', '\r\n\r\n', '\rx']) {
      const connection = after(...login);
      connection.receiveData(Buffer.from(surprise));
      assert.throws(
        () => connection.send(noop),
        { code: 'ERR_POP3_REMOTE_PROTOCOL' },
        JSON.stringify(surprise),
      );
      assert.equal(connection.state, 'CLOSED');
    }
  });

  test('a blank line that is half here is none of them', () => {
    const connection = after(...login, '\r');
    connection.send(noop);
    connection.receiveData(Buffer.from('\n+OK fine\r\n'));
    const event = connection.nextEvent();
    assert.ok(event !== NEED_DATA && event.type === 'response');
    assert.equal(event.text, 'fine');
  });

  test('behind the answer to QUIT do no harm', () => {
    const connection = after(...login, dele, '+OK\r\n', quit, '+OK bye\r\nand then some\r\n');
    assert.equal(connection.deletionsCommitted, 'yes');
    assert.equal(connection.nextEvent(), NEED_DATA);
  });
});

test('secrets are in no error, whatever the server answers to them', () => {
  for (const answer of ['b is no password\r\n', 'b\n', '']) {
    const connection = after('+OK\r\n', { keyword: 'USER', name: 'a' }, '+OK\r\n', {
      keyword: 'PASS',
      password: secret('hunter2'),
    });
    connection.receiveData(Buffer.from(answer.replace('b', 'hunter2')));
    connection.receiveData(null);
    assert.throws(
      () => connection.nextEvent(),
      (error) =>
        isPop3Error(error) && !JSON.stringify({ ...error, message: error.message }).includes('hunter2'),
    );
  }
});

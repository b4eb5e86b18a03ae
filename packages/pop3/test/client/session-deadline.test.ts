import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { defaultTimeouts, type Timeouts } from '../../src/client/index.ts';
import { SessionDeadline } from '../../src/client/session-deadline.ts';
import { ClientConnection, type Command, NEED_DATA, secret } from '../../src/protocol/index.ts';
import type { TimeoutError } from '../../src/transport/index.ts';
import { StillClock } from '../support/still-clock.ts';

function begin(timeouts: Partial<Timeouts> = {}) {
  const clock = new StillClock();
  const expired: TimeoutError[] = [];
  const connection = new ClientConnection();
  const deadline = new SessionDeadline(
    { host: 'h', port: 1 },
    { ...defaultTimeouts, ...timeouts },
    (error) => expired.push(error),
    clock,
  );
  const receive = (text: string, { held = false } = {}): void => {
    deadline.progress(text.length);
    connection.receiveData(Buffer.from(text));
    while (connection.nextEvent() !== NEED_DATA);
    if (held) deadline.waitForReader();
    deadline.waitForServer(connection);
  };
  const ask = (command: Command): void => {
    connection.send(command);
    deadline.waitForServer(connection);
  };
  const answer = (): void => {
    connection.sendAuthenticationResponse(secret('eA=='));
    deadline.answered(connection);
  };
  const login = (): void => {
    receive('+OK\r\n');
    ask({ keyword: 'USER', name: 'a' });
    receive('+OK\r\n');
    ask({ keyword: 'PASS', password: secret('b') });
    receive('+OK\r\n');
  };
  deadline.waitForServer(connection);
  const phases = (): string[] => expired.map(({ phase, milliseconds }) => `${phase} ${milliseconds}`);
  return { clock, deadline, receive, ask, answer, login, phases };
}

suite("a session's deadlines", () => {
  test('the greeting has one', () => {
    const { clock, phases } = begin({ greeting: 1000 });
    clock.pass(1000);
    assert.deepEqual(phases(), ['greeting 1000']);
  });

  test('nobody waits where nothing was asked', () => {
    const { clock, login, phases } = begin();
    login();
    clock.pass(10 * 24 * 3600 * 1000);
    assert.deepEqual(phases(), []);
  });

  const waits: readonly (readonly [command: Command, expected: string, answered?: string])[] = [
    [{ keyword: 'STAT' }, 'command 60000'],
    [{ keyword: 'QUIT' }, 'quit 30000'],
    [{ keyword: 'RETR', messageNumber: 1 }, 'idle 20000', '+OK\r\nhalf a line'],
    [{ keyword: 'LIST' }, 'idle 20000', '+OK\r\n1 1\r\n'],
  ];
  for (const [command, expected, answered] of waits) {
    test(`${command.keyword}${answered === undefined ? '' : ' in the middle of its answer'}: ${expected} ms`, () => {
      const { clock, login, ask, receive, phases } = begin({ quit: 30_000, idle: 20_000, minimumRate: 0 });
      login();
      ask(command);
      if (answered !== undefined) receive(answered);
      clock.pass(19_999);
      assert.deepEqual(phases(), []);
      clock.pass(100_000);
      assert.deepEqual(phases(), [expected]);
    });
  }

  test('a login may take longer', () => {
    const { clock, receive, ask, phases } = begin();
    receive('+OK\r\n');
    ask({ keyword: 'AUTH', mechanism: 'PLAIN' });
    clock.pass(119_999);
    assert.deepEqual(phases(), []);
    clock.pass(1);
    assert.deepEqual(phases(), ['pass 120000']);
  });

  test('thousands of short answers over a slow network are not one slow answer', () => {
    const { clock, login, ask, receive, phases } = begin();
    login();
    for (let messageNumber = 1; messageNumber <= 3000; messageNumber++) {
      ask({ keyword: 'DELE', messageNumber });
      clock.pass(200);
      receive('+OK\r\n');
    }
    assert.deepEqual(phases(), []);
  });

  for (const [name, ask] of [
    ['the greeting', undefined],
    ['a status line', { keyword: 'UTF8' }],
  ] as const) {
    test(`a drip in ${name} does not put off its end`, () => {
      const { clock, receive, ask: send, phases } = begin({ greeting: 60_000 });
      if (ask !== undefined) {
        receive('+OK\r\n');
        send(ask);
      }
      receive('+OK ');
      for (let second = 0; second < 59; second++) {
        clock.pass(1000);
        receive('x'.repeat(100));
      }
      assert.deepEqual(phases(), []);
      clock.pass(1000);
      assert.deepEqual(phases(), [ask === undefined ? 'greeting 60000' : 'command 60000']);
    });
  }

  test('each challenge of a login has a deadline of its own', () => {
    const { clock, receive, ask, answer, phases } = begin();
    receive('+OK\r\n');
    ask({ keyword: 'AUTH', mechanism: 'LOGIN' });
    for (let step = 0; step < 3; step++) {
      clock.pass(100_000);
      receive('+ eA==\r\n');
      answer();
    }
    assert.deepEqual(phases(), []);
    clock.pass(120_000);
    assert.deepEqual(phases(), ['pass 120000']);
  });

  test('a drip in a message is no progress, whatever its reader does', () => {
    const { clock, login, ask, receive, phases } = begin();
    login();
    ask({ keyword: 'RETR', messageNumber: 1 });
    receive('+OK\r\n');
    for (let second = 0; second < 100 && phases().length === 0; second++) {
      clock.pass(1000);
      receive('x', { held: true });
    }
    assert.deepEqual(phases(), ['rate 60000']);
  });

  test('a reader has one too, and the server none meanwhile', () => {
    const { clock, deadline, login, ask, receive, phases } = begin({ reader: 300_000 });
    login();
    ask({ keyword: 'RETR', messageNumber: 1 });
    receive('+OK\r\nx');
    deadline.waitForReader();
    clock.pass(299_999);
    assert.deepEqual(phases(), []);
    clock.pass(1);
    assert.deepEqual(phases(), ['reader 300000']);
  });

  test('0: a reader may take for ever', () => {
    const { clock, deadline, phases } = begin({ reader: 0 });
    deadline.waitForReader();
    clock.pass(10 * 24 * 3600 * 1000);
    assert.deepEqual(phases(), []);
  });

  test('the whole session may have one, however lively it is', () => {
    const { clock, login, ask, receive, phases } = begin({ session: 5000 });
    login();
    for (let count = 0; count < 6; count++) {
      ask({ keyword: 'NOOP' });
      clock.pass(1000);
      if (count < 5) receive('+OK\r\n');
    }
    assert.deepEqual(phases(), ['session 5000']);
  });

  test('no timer is left at the end', () => {
    const { clock, deadline, ask, login } = begin({ session: 5000 });
    login();
    ask({ keyword: 'NOOP' });
    deadline.waitForReader();
    deadline.stop();
    assert.equal(clock.timers, 0);
  });
});

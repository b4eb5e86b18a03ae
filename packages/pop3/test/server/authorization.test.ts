// The AUTHORIZATION state, octet by octet, and what limits a client there.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { suite, test } from 'node:test';
import { MemoryMaildrop, type Pop3ServerOptions, type ServerLogEntry } from '../../src/server/index.ts';
import { connectMemory, makeServer } from './raw-client.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function greeted(options: Partial<Pop3ServerOptions> = {}) {
  const maildrop = new MemoryMaildrop(['Subject: one\n\nfirst\n']);
  const server = makeServer({ maildrop: () => maildrop, ...options });
  const { client, served } = connectMemory(server);
  const greeting = await client.line();
  return { server, maildrop, client, served, greeting, timestamp: /<.*>/.exec(greeting)?.[0] ?? '' };
}

suite('the greeting', () => {
  test('holds a timestamp, another one in every session', async () => {
    const first = await greeted();
    const second = await greeted();
    assert.match(first.greeting, /^\+OK POP3 server ready <[^\s<>@]+@localhost>$/);
    assert.notEqual(first.timestamp, second.timestamp);
  });
  test('holds none where APOP is off', async () => {
    const { client, greeting } = await greeted({ apop: false, greeting: 'hello' });
    assert.equal(greeting, '+OK hello');
    assert.equal(await client.ask(`APOP alice ${'0'.repeat(32)}`), '-ERR APOP is not supported here');
  });
});

suite('logging in', () => {
  test('USER and PASS', async () => {
    const { client } = await greeted();
    assert.equal(await client.ask('USER alice'), '+OK send the password');
    assert.equal(await client.ask('PASS secret'), '+OK 1 messages');
  });
  test('a password is everything behind the first space', async () => {
    const { client } = await greeted({ users: { alice: ' two words ' } });
    await client.ask('USER alice');
    assert.equal(await client.ask('PASS  two words '), '+OK 1 messages');
  });
  test('unknown users and wrong passwords get the same answers', async () => {
    const { client } = await greeted();
    for (const user of ['alice', 'nobody', '__proto__', 'constructor']) {
      assert.equal(await client.ask(`USER ${user}`), '+OK send the password');
      assert.equal(await client.ask('PASS wrong'), '-ERR [AUTH] wrong user name or password');
    }
  });
  test('PASS without USER, and a second PASS, ask for USER', async () => {
    const { client } = await greeted();
    assert.equal(await client.ask('PASS secret'), '-ERR send USER first');
    await client.ask('USER alice');
    await client.ask('PASS wrong');
    assert.equal(await client.ask('PASS secret'), '-ERR send USER first');
  });
  test('APOP', async () => {
    const { client, timestamp } = await greeted();
    const digest = (password: string) => createHash('md5').update(`${timestamp}${password}`).digest('hex');
    assert.equal(
      await client.ask(`APOP alice ${digest('wrong')}`),
      '-ERR [AUTH] wrong user name or password',
    );
    assert.equal(await client.ask(`APOP alice ${digest('secret')}`), '+OK 1 messages');
  });
  test('AUTH PLAIN, with and without an initial response', async () => {
    const one = await greeted();
    assert.equal(await one.client.ask(`AUTH PLAIN ${base64('\0alice\0secret')}`), '+OK 1 messages');
    const two = await greeted();
    assert.equal(await two.client.ask('AUTH PLAIN'), '+ ');
    assert.equal(await two.client.ask(base64('\0alice\0secret')), '+OK 1 messages');
  });
  test('AUTH CRAM-MD5, whose challenge never comes twice', async () => {
    const { client } = await greeted();
    const first = await client.ask('AUTH CRAM-MD5');
    assert.equal(await client.ask('*'), '-ERR the login was cancelled');
    const second = await client.ask('AUTH CRAM-MD5');
    assert.notEqual(first, second);
    const challenge = Buffer.from(second.slice(2), 'base64');
    const digest = createHmac('md5', 'secret').update(challenge).digest('hex');
    assert.equal(await client.ask(base64(`alice ${digest}`)), '+OK 1 messages');
  });
  test('an exchange that is not base64, unknown, or cancelled leaves the session as it was', async () => {
    const { client } = await greeted();
    assert.equal(await client.ask('AUTH PLAIN %%%'), '-ERR the response is not base64');
    assert.equal(await client.ask('AUTH X-OWN'), '-ERR that mechanism is not supported here');
    await client.ask('AUTH LOGIN');
    assert.equal(await client.ask('*'), '-ERR the login was cancelled');
    assert.equal(await client.login(), '+OK 1 messages');
  });
  test('nobody acts as somebody else', async () => {
    const { client } = await greeted();
    assert.equal(
      await client.ask(`AUTH PLAIN ${base64('bob\0alice\0secret')}`),
      '-ERR [AUTH] acting as another user is not allowed',
    );
  });
  test('commands of another state', async () => {
    const { client } = await greeted();
    for (const command of ['STAT', 'LIST', 'RETR 1', 'DELE 1', 'NOOP', 'RSET', 'UIDL', 'TOP 1 0']) {
      assert.match(await client.ask(command), /^-ERR \w+ is not allowed in this state$/);
    }
  });
});

suite('without TLS', () => {
  const refused = { allowCleartextPassword: false } as const;
  test('readable passwords are neither offered nor taken, digests are', async () => {
    const { client, timestamp } = await greeted(refused);
    const capabilities = (await client.askLines('CAPA')).split('\r\n');
    assert.ok(!capabilities.includes('USER'));
    assert.ok(
      capabilities.includes('SASL SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5'),
      capabilities.join(),
    );
    const advice = '-ERR [AUTH] readable passwords are not taken here, use a connection with TLS';
    assert.equal(await client.ask('USER alice'), advice);
    assert.equal(await client.ask('PASS secret'), advice);
    assert.equal(await client.ask(`AUTH PLAIN ${base64('\0alice\0secret')}`), advice);
    const digest = createHash('md5').update(`${timestamp}secret`).digest('hex');
    assert.equal(await client.ask(`APOP alice ${digest}`), '+OK 1 messages');
  });
});

suite('a store that keeps only hashes', () => {
  const users = {
    password: () => undefined,
    checkPassword: (user: string, password: string) => user === 'alice' && password === 'secret',
  };
  test('what needs passwords in clear is not offered', async () => {
    const { client, timestamp } = await greeted({ users });
    assert.equal(timestamp, '');
    const capabilities = (await client.askLines('CAPA')).split('\r\n');
    assert.ok(capabilities.includes('SASL PLAIN LOGIN'), capabilities.join());
    assert.match(await client.ask('AUTH CRAM-MD5'), /^-ERR that mechanism is not supported here$/);
    assert.equal(await client.ask(`AUTH PLAIN ${base64('\0alice\0secret')}`), '+OK 1 messages');
  });
  test('unless it is asked for', async () => {
    const { client, timestamp } = await greeted({ users, mechanisms: ['CRAM-MD5'], apop: true });
    assert.notEqual(timestamp, '');
    assert.match(await client.ask('AUTH CRAM-MD5'), /^\+ /);
  });
});

suite('limits', () => {
  test('too many failed logins end the session', async () => {
    const { client } = await greeted({ maximumFailures: 2 });
    await client.send('USER alice\r\nPASS a\r\nUSER alice\r\nPASS b\r\nUSER alice\r\nPASS secret\r\n');
    assert.equal(
      await client.rest(),
      '+OK send the password\r\n-ERR [AUTH] wrong user name or password\r\n'.repeat(2),
    );
  });
  test('too many lines that are no command end the session: HTTP gets nowhere', async () => {
    const { client } = await greeted({ maximumInvalidCommands: 3 });
    await client.send('GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUSER alice\r\nPASS secret\r\n');
    const answers = (await client.rest()).split('\r\n');
    assert.equal(answers.length, 4);
    assert.ok(answers.slice(0, 3).every((answer) => answer.startsWith('-ERR ')));
  });
  test('valid commands in between begin the count anew', async () => {
    const { client } = await greeted({ maximumInvalidCommands: 3 });
    for (let round = 0; round < 3; round++) {
      await client.ask('X');
      await client.ask('X');
      assert.match(await client.askLines('CAPA'), /^\+OK/);
    }
  });
  test('a command line that is too long is refused once, and the next one is read', async () => {
    const { client } = await greeted();
    assert.match(await client.ask(`USER ${'a'.repeat(300_000)}`), /^-ERR .*too long/);
    assert.equal(await client.login(), '+OK 1 messages');
  });
  test('more connections than allowed are turned away', async () => {
    const { server, client } = await greeted({ maximumConnections: 1 });
    const second = connectMemory(server);
    assert.equal(await second.client.line(), '-ERR [SYS/TEMP] too many connections, try again later');
    assert.equal(await second.client.rest(), '');
    assert.equal(await client.login(), '+OK 1 messages');
  });
  test('one maildrop, one session', async () => {
    const { server, client } = await greeted();
    await client.login();
    const second = connectMemory(server).client;
    await second.line();
    assert.equal(await second.login(), '-ERR [IN-USE] another session has the maildrop');
    assert.equal(await client.ask('QUIT'), '+OK goodbye');
    await client.rest();
    assert.equal(await second.login(), '+OK 1 messages');
  });
  test('LOGIN-DELAY', async () => {
    const { server, client } = await greeted({ loginDelay: 3600 });
    assert.match(await client.askLines('CAPA'), /\r\nLOGIN-DELAY 3600\r\n/);
    await client.login();
    await client.ask('QUIT');
    await client.rest();
    const second = connectMemory(server).client;
    await second.line();
    assert.equal(await second.login(), '-ERR [LOGIN-DELAY] wait 3600 seconds, then log in again');
    const other = connectMemory(server).client;
    await other.line();
    assert.equal(await other.login('bob'), '+OK 1 messages');
  });
  test('a maildrop that cannot be opened', async () => {
    const { client } = await greeted({ maildrop: () => Promise.reject(new Error('/var/mail is gone')) });
    assert.equal(await client.login(), '-ERR [SYS/TEMP] the maildrop cannot be opened now');
  });
});

test('the log tells who did what, and holds no secret', async () => {
  const entries: ServerLogEntry[] = [];
  const { client, served } = await greeted({ log: (entry) => entries.push(entry) });
  await client.login('alice', 'topsecret');
  await client.ask(`AUTH PLAIN ${base64('\0alice\0topsecret')}`);
  await client.login();
  await client.ask('DELE 1');
  await client.ask('QUIT');
  await client.rest();
  await served;
  assert.deepEqual(
    entries.map(({ event }) => event),
    ['connected', 'login-failed', 'login-failed', 'login', 'quit', 'closed'],
  );
  assert.equal(entries.find(({ event }) => event === 'quit')?.removed, 1);
  assert.doesNotMatch(JSON.stringify(entries), /secret|dG9wc2Vj/);
});

test('a log that throws harms nobody', async () => {
  const { client } = await greeted({
    log: () => {
      throw new Error('disk full');
    },
  });
  assert.equal(await client.login(), '+OK 1 messages');
});

test('LANG lists its languages, and takes one by its prefix', async () => {
  const { client } = await greeted();
  assert.match(await client.askLines('LANG'), /\r\nen English\r\n/);
  assert.equal(await client.ask('LANG en-GB'), '+OK en English from now on');
  assert.equal(await client.ask('LANG tlh'), '-ERR that language is not spoken here');
});

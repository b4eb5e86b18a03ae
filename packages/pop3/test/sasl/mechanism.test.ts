// The mechanisms other than SCRAM, and what all of them have in common.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { isPop3Error, LocalProtocolError } from '../../src/protocol/index.ts';
import { mechanisms } from '../../src/sasl/index.ts';
import {
  answerOf,
  breaks,
  challengeOf,
  clientContext,
  credentialsOf,
  initialOf,
  octets,
  serverContext,
  startClient,
  startServer,
  utf8,
} from './conversation.ts';

const exporter = { type: 'tls-exporter', data: octets('binding') } as const;
const both = credentialsOf({ user: 'ann', password: 'opensesame', token: 'ya29.token' });
const context = clientContext(both, { channelBinding: exporter, plusOffered: true });

suite('what the client sends', () => {
  const rows: readonly (readonly [
    name: string,
    initial: string | undefined,
    challenges: readonly string[],
    answers: readonly string[],
  ])[] = [
    ['PLAIN', '\0ann\0opensesame', [''], ['\0ann\0opensesame']],
    ['LOGIN', undefined, ['Username:', 'Password:'], ['ann', 'opensesame']],
    ['LOGIN', undefined, ['', ''], ['ann', 'opensesame']],
    ['LOGIN', undefined, ['User Name\0', 'Password\0'], ['ann', 'opensesame']],
    ['CRAM-MD5', undefined, ['<1@example.org>'], ['ann 40788a924179342bc47d07bb10d0a5cb']],
    ['XOAUTH2', 'user=ann\x01auth=Bearer ya29.token\x01\x01', ['{"status":"400"}'], ['']],
    [
      'OAUTHBEARER',
      'n,a=ann,\x01host=pop.example.com\x01port=995\x01auth=Bearer ya29.token\x01\x01',
      ['{"status":"400"}'],
      ['\x01'],
    ],
    ['EXTERNAL', 'ann', [''], ['ann']],
    ['ANONYMOUS', 'ann', [''], ['ann']],
  ];
  for (const [name, initial, challenges, answers] of rows) {
    test(`${name}: ${challenges.map((challenge) => JSON.stringify(challenge)).join(' ')}`, async () => {
      const exchange = startClient(name, context);
      assert.equal(initialOf(exchange), initial);
      const given: string[] = [];
      for (const challenge of challenges) given.push(await answerOf(exchange, challenge));
      assert.deepEqual(given, answers);
      await assert.rejects(answerOf(exchange, challenges.at(-1) ?? ''), breaks('unexpected-challenge'));
    });
  }
});

suite('a +OK that comes too early', () => {
  for (const name of ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2', 'OAUTHBEARER', 'EXTERNAL', 'ANONYMOUS']) {
    test(`${name}: before anything was sent`, () => {
      assert.throws(() => startClient(name, context).finish(), breaks('finished-early'));
    });
  }
  test('LOGIN: before the password', async () => {
    const exchange = startClient('LOGIN', context);
    assert.equal(exchange.secretSent, false);
    await answerOf(exchange, 'Username:');
    assert.equal(exchange.secretSent, false);
    assert.throws(() => exchange.finish(), breaks('finished-early'));
    await answerOf(exchange, 'Password:');
    assert.equal(exchange.secretSent, true);
    exchange.finish();
  });
  for (const name of ['XOAUTH2', 'OAUTHBEARER']) {
    test(`${name}: after the token was refused`, async () => {
      const exchange = startClient(name, context);
      exchange.initialResponse();
      await answerOf(exchange, '{"status":"400"}');
      assert.throws(() => exchange.finish(), breaks('refused-and-accepted'));
    });
  }
});

suite('a challenge that the mechanism does not have', () => {
  for (const name of ['PLAIN', 'EXTERNAL', 'ANONYMOUS']) {
    test(`${name}: one that says something`, async () => {
      const exchange = startClient(name, context);
      exchange.initialResponse();
      await assert.rejects(answerOf(exchange, 'more?'), breaks('unexpected-challenge'));
    });
  }
  test('CRAM-MD5: an empty one, whose digest would serve in every session', async () => {
    await assert.rejects(answerOf(startClient('CRAM-MD5', context), ''), breaks('challenge-empty'));
  });
  for (const name of ['XOAUTH2', 'OAUTHBEARER']) {
    test(`${name}: an error before the token`, async () => {
      await assert.rejects(
        answerOf(startClient(name, context), '{"status":"400"}'),
        breaks('unexpected-challenge'),
      );
    });
    test(`${name}: an error that is no JSON is answered too`, async () => {
      const exchange = startClient(name, context);
      exchange.initialResponse();
      await answerOf(exchange, '<html>');
      assert.deepEqual(exchange.tokenError, { status: 'unknown' });
    });
  }
});

suite('refused before anything is sent', () => {
  const credentials: readonly (readonly [
    name: string,
    given: Parameters<typeof credentialsOf>[0],
    names: readonly string[],
  ])[] = [
    [
      'no user',
      { user: '', password: 'x', token: 'x' },
      ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-1', 'XOAUTH2', 'OAUTHBEARER'],
    ],
    ...['a\r', 'a\n', 'a\0', '\ud800'].flatMap((bad) => [
      [
        `user ${JSON.stringify(bad)}`,
        { user: bad, password: 'x', token: 'x' },
        [...mechanisms.keys()],
      ] as const,
      [
        `password ${JSON.stringify(bad)}`,
        { password: bad },
        ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-1'],
      ] as const,
      [`token ${JSON.stringify(bad)}`, { token: bad }, ['XOAUTH2', 'OAUTHBEARER']] as const,
      [
        `identity ${JSON.stringify(bad)}`,
        { password: 'x', token: 'x', authorizationId: bad },
        ['PLAIN', 'SCRAM-SHA-1', 'OAUTHBEARER', 'EXTERNAL'],
      ] as const,
    ]),
    ['an empty password', { password: '' }, ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-1']],
    ['no password', {}, ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-1']],
    ['no token', {}, ['XOAUTH2', 'OAUTHBEARER']],
    ['a token with a space', { token: 'Bearer x' }, ['XOAUTH2', 'OAUTHBEARER']],
    ['a token with ^A', { token: 'x\x01auth=' }, ['XOAUTH2', 'OAUTHBEARER']],
  ];
  for (const [name, given, names] of credentials) {
    test(name, () => {
      for (const mechanism of names) {
        assert.throws(
          () => startClient(mechanism, clientContext(credentialsOf(given), { channelBinding: exporter })),
          (error) => error instanceof LocalProtocolError && !error.message.includes(given.password || '\0'),
          mechanism,
        );
      }
    });
  }
});

test('passwords in ISO 8859-1, where the caller asks for it', async () => {
  const latin1 = clientContext(credentialsOf({ password: 'pässword' }), { passwordEncoding: 'latin1' });
  assert.equal(initialOf(startClient('PLAIN', latin1)), '\0ann\0p\xe4ssword');
  const exchange = startClient('LOGIN', latin1);
  await answerOf(exchange, '');
  assert.equal(await answerOf(exchange, ''), 'p\xe4ssword');
  const beyond = clientContext(credentialsOf({ password: 'p€' }), { passwordEncoding: 'latin1' });
  assert.throws(() => startClient('PLAIN', beyond), LocalProtocolError);
});

test('tokens never travel with AUTH; what speaks second has nothing to send with it', () => {
  for (const name of ['XOAUTH2', 'OAUTHBEARER', 'LOGIN', 'CRAM-MD5']) {
    assert.equal(mechanisms.get(name)?.initialResponseWithAuth, false, name);
  }
});

suite('the server refuses', () => {
  const rows: readonly (readonly [mechanism: string, name: string, response: Uint8Array])[] = [
    ['PLAIN', 'nothing', octets('')],
    ['PLAIN', 'one part', octets('ann')],
    ['PLAIN', 'two parts', octets('ann\0pass')],
    ['PLAIN', 'four parts', utf8('\0ann\0pass wörd\0')],
    ['PLAIN', 'no user', utf8('\0\0pass wörd')],
    ['PLAIN', 'no password', octets('\0ann\0')],
    ['PLAIN', 'no UTF-8', octets('\0ann\0pass w\xf6rd')],
    ['XOAUTH2', 'no token', octets('user=ann\x01auth=Bearer \x01\x01')],
    ['XOAUTH2', 'no user', octets('user=\x01auth=Bearer x\x01\x01')],
    ['XOAUTH2', 'no end', octets('user=ann\x01auth=Bearer x\x01')],
    ['XOAUTH2', 'more behind the end', octets('user=ann\x01auth=Bearer x\x01\x01x')],
    ['OAUTHBEARER', 'no user', octets('n,,\x01auth=Bearer x\x01\x01')],
    ['OAUTHBEARER', 'no token', octets('n,a=ann,\x01host=h\x01\x01')],
    ['OAUTHBEARER', 'two tokens', octets('n,a=ann,\x01auth=Bearer x\x01auth=Bearer y\x01\x01')],
    ['OAUTHBEARER', 'another scheme', octets('n,a=ann,\x01auth=Basic x\x01\x01')],
    ['OAUTHBEARER', 'no end', octets('n,a=ann,\x01auth=Bearer x\x01')],
    ['OAUTHBEARER', 'a user that is misspelt', octets('n,a=a=n,\x01auth=Bearer x\x01\x01')],
    ['EXTERNAL', 'NUL', octets('a\0b')],
    ['EXTERNAL', 'no UTF-8', octets('\xff')],
    ['ANONYMOUS', 'too long', octets('x'.repeat(256))],
    ['ANONYMOUS', 'a control character', octets('a\nb')],
    ['CRAM-MD5', 'an initial response', octets('ann 0123')],
    ['LOGIN', 'an empty name', octets('')],
  ];
  const store = { password: () => 'pass wörd', checkToken: () => true };
  for (const [mechanism, name, response] of rows) {
    test(`${mechanism}: ${name}`, async () => {
      const exchange = startServer(mechanism, serverContext({ store, certificateUser: 'ann' }));
      assert.equal((await exchange.start(response)).type, 'failure');
    });
  }
  test('CRAM-MD5: digests that are none', async () => {
    for (const response of [
      '',
      'ann',
      'ann ',
      `ann ${'0'.repeat(31)}`,
      `ann ${'g'.repeat(32)}`,
      ' '.repeat(33),
    ]) {
      const exchange = startServer('CRAM-MD5', serverContext({ store }));
      await exchange.start(undefined);
      assert.equal((await exchange.respond(octets(response))).type, 'failure', response);
    }
  });
  test('CRAM-MD5: the answer to the challenge of another session', async () => {
    const first = startServer('CRAM-MD5');
    const answer = await answerOf(
      startClient('CRAM-MD5', clientContext(credentialsOf({ password: 'pass wörd' }))),
      challengeOf(await first.start(undefined)),
    );
    const second = startServer('CRAM-MD5');
    await second.start(undefined);
    assert.equal((await second.respond(octets(answer))).type, 'failure');
    assert.equal((await first.respond(octets(answer))).type, 'success');
  });
});

// A server can send back what it got; what we say about it must not hold it.
test('no error shows a secret, whatever the server says', async () => {
  const secrets = ['opensesame', 'ya29.token'].flatMap((value) => [
    value,
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
    Buffer.from(value).toString('hex'),
  ]);
  const said = [
    '',
    'opensesame',
    '\0ann\0opensesame',
    'e=opensesame',
    'v=opensesame',
    'm=opensesame',
    'ya29.token',
    '{"status":',
  ];
  let errors = 0;
  for (const name of mechanisms.keys()) {
    for (const challenge of said) {
      const exchange = startClient(name, context);
      exchange.initialResponse();
      try {
        for (let count = 0; count < 4; count++) await exchange.respond(octets(challenge));
        exchange.finish();
      } catch (error) {
        errors++;
        assert.ok(isPop3Error(error));
        const shown = [
          error.message,
          error.hint,
          error.stack,
          JSON.stringify(error),
          inspect(error, { depth: 9, showHidden: true }),
        ];
        for (const value of secrets) assert.ok(!shown.join('\n').includes(value), `${name}: ${challenge}`);
      }
      const shown = inspect(exchange, { depth: 9, showHidden: true }) + JSON.stringify(exchange);
      for (const value of secrets) assert.ok(!shown.includes(value), `${name} shows its secret`);
    }
  }
  assert.ok(errors > mechanisms.size * 4);
});

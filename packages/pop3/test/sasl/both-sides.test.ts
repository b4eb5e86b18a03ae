import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mechanisms, type ServerExchangeContext, serverMechanisms } from '../../src/sasl/index.ts';
import { clientContext, converse, credentialsOf, octets, serverContext } from './conversation.ts';

const exporter = { type: 'tls-exporter', data: octets('this connection') } as const;
const endPoint = { type: 'tls-server-end-point', data: octets('this certificate') } as const;

const ofPassword = [...mechanisms.values()].filter(({ needs }) => needs === 'password');
const ofToken = [...mechanisms.values()].filter(({ needs }) => needs === 'accessToken');

test('client and server have the same mechanisms', () => {
  assert.deepEqual([...mechanisms.keys()].sort(), [...serverMechanisms.keys()].sort());
  for (const [name, mechanism] of mechanisms) {
    const theirs = serverMechanisms.get(name);
    assert.equal(mechanism.name, name);
    assert.equal(theirs?.name, name);
    assert.equal(mechanism.exposure, theirs.exposure);
    assert.equal(mechanism.channelBinding, theirs.channelBinding);
  }
});

for (const { name, channelBinding } of ofPassword) {
  suite(name, () => {
    const binding = channelBinding ? { channelBinding: exporter } : {};
    const server = serverContext(binding);
    const as = (user: string, password: string) =>
      clientContext(credentialsOf({ user, password }), { ...binding, plusOffered: channelBinding });

    test('the right password', async () => {
      const { step } = await converse(name, as('ann', 'pass wörd'), server);
      assert.deepEqual(step, { type: 'success', user: 'ann' });
    });
    test('the right password, where the initial response has a line of its own', async () => {
      const { step } = await converse(name, as('ann', 'pass wörd'), server, 'asked for');
      assert.deepEqual(step, { type: 'success', user: 'ann' });
    });
    test('a wrong password and an unknown user are told apart by nothing', async () => {
      const wrong = await converse(name, as('ann', 'wrong'), server);
      const unknown = await converse(name, as('bob', 'pass wörd'), server);
      assert.equal(wrong.step.type, 'failure');
      assert.deepEqual(unknown.step, wrong.step);
      assert.equal(unknown.challenges, wrong.challenges);
    });
    test('a user without a password cannot log in with any', async () => {
      const store = { password: () => '' };
      const { step } = await converse(name, as('ann', 'x'), serverContext({ ...binding, store }));
      assert.equal(step.type, 'failure');
    });
    test('names and passwords with what the mechanism takes for itself', async () => {
      const user = 'a=b,c d=2Ce';
      const password = ' =,\u{1f511}"\\ ';
      const store = { password: (name: string) => (name === user ? password : undefined) };
      const { step } = await converse(name, as(user, password), serverContext({ ...binding, store }));
      assert.deepEqual(step, { type: 'success', user });
    });
  });
}

for (const { name } of ofPassword.filter(({ exposure }) => exposure === 'readable')) {
  test(`${name}: a store that keeps only hashes checks the password itself`, async () => {
    const store = { password: () => undefined, checkPassword: (_: string, given: string) => given === 'y' };
    for (const [password, type] of [
      ['y', 'success'],
      ['n', 'failure'],
    ] as const) {
      const context = clientContext(credentialsOf({ password }));
      assert.equal((await converse(name, context, serverContext({ store }))).step.type, type);
    }
  });
}

for (const { name } of ofToken) {
  suite(name, () => {
    const store = {
      password: () => undefined,
      checkToken: (user: string, token: string) => user === 'ann' && token === 'good',
    };
    for (const initial of ['with AUTH', 'asked for'] as const) {
      test(`a good token, ${initial}`, async () => {
        const context = clientContext(credentialsOf({ token: 'good' }));
        const { step } = await converse(name, context, serverContext({ store }), initial);
        assert.deepEqual(step, { type: 'success', user: 'ann' });
      });
    }
    test('a bad token: the client knows why', async () => {
      const context = clientContext(credentialsOf({ token: 'bad' }));
      const { step, client } = await converse(name, context, serverContext({ store }));
      assert.equal(step.type, 'failure');
      assert.equal(client.tokenError?.status, 'invalid_token');
    });
    test('a store that knows no tokens takes none', async () => {
      const context = clientContext(credentialsOf({ token: 'good' }));
      assert.equal((await converse(name, context, serverContext())).step.type, 'failure');
    });
  });
}

suite('EXTERNAL', () => {
  const rows: readonly (readonly [
    name: string,
    credentials: Parameters<typeof credentialsOf>[0],
    server: Partial<ServerExchangeContext>,
    expected: object | 'failure',
  ])[] = [
    ['the certificate is for the user', { user: 'ann' }, { certificateUser: 'ann' }, { user: 'ann' }],
    ['no name: the one in the certificate', { user: '' }, { certificateUser: 'ann' }, { user: 'ann' }],
    [
      'another name is for the server to allow',
      { user: 'ann', authorizationId: 'bob' },
      { certificateUser: 'ann' },
      { user: 'ann', authorizationId: 'bob' },
    ],
    ['no certificate', { user: 'ann' }, {}, 'failure'],
  ];
  for (const [name, credentials, server, expected] of rows) {
    test(name, async () => {
      const context = clientContext(credentialsOf(credentials));
      const { step } = await converse('EXTERNAL', context, serverContext(server));
      if (expected === 'failure') assert.equal(step.type, 'failure');
      else assert.deepEqual(step, { type: 'success', ...expected });
    });
  }
});

test('ANONYMOUS: whoever it is, it is anonymous', async () => {
  const context = clientContext(credentialsOf({ user: 'somebody@example.org' }));
  const { step } = await converse('ANONYMOUS', context, serverContext());
  assert.deepEqual(step, { type: 'success', user: 'anonymous' });
});

suite('channel binding', () => {
  const name = 'SCRAM-SHA-256-PLUS';
  const credentials = credentialsOf({ password: 'pass wörd' });
  const bound = [exporter, endPoint];
  for (const binding of bound) {
    test(`${binding.type}, the same on both sides`, async () => {
      const { step } = await converse(
        name,
        clientContext(credentials, { channelBinding: binding, plusOffered: true }),
        serverContext({ channelBinding: binding }),
      );
      assert.deepEqual(step, { type: 'success', user: 'ann' });
    });
  }
  test('somebody in between has another connection to each side', async () => {
    const other = { ...exporter, data: octets('another connection') };
    const { step } = await converse(
      name,
      clientContext(credentials, { channelBinding: other, plusOffered: true }),
      serverContext({ channelBinding: exporter }),
    );
    assert.equal(step.type, 'failure');
  });
  test('the sides bind to different things', async () => {
    const { step } = await converse(
      name,
      clientContext(credentials, { channelBinding: endPoint, plusOffered: true }),
      serverContext({ channelBinding: exporter }),
    );
    assert.equal(step.type, 'failure');
  });
  test('somebody in between has cut -PLUS out of the list', async () => {
    const { step } = await converse(
      'SCRAM-SHA-256',
      clientContext(credentials, { channelBinding: exporter, plusOffered: false }),
      serverContext({ channelBinding: exporter }),
    );
    assert.equal(step.type, 'failure');
  });
  test('the client chose not to bind, though it was offered', async () => {
    const { step } = await converse(
      'SCRAM-SHA-256',
      clientContext(credentials, { channelBinding: exporter, plusOffered: true }),
      serverContext({ channelBinding: exporter }),
    );
    assert.equal(step.type, 'success');
  });
});

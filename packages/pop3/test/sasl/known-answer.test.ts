import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { apopDigest, SaslError, verifyApop } from '../../src/sasl/index.ts';
import { clientProof, deriveKeys, serverSignature, verifyProof } from '../../src/sasl/scram-key.ts';
import { nodeCrypto } from '../../src/transport/index.ts';
import {
  answerOf,
  challengeOf,
  clientContext,
  credentialsOf,
  initialOf,
  octets,
  serverContext,
  startClient,
  startServer,
  text,
  withRandom,
} from './conversation.ts';

suite('PLAIN, RFC 4616 section 4', () => {
  const rows = [
    [{ user: 'tim', password: 'tanstaaftanstaaf' }, '\0tim\0tanstaaftanstaaf'],
    [{ user: 'Kurt', password: 'xipj3plmq', authorizationId: 'Ursel' }, 'Ursel\0Kurt\0xipj3plmq'],
  ] as const;
  for (const [credentials, message] of rows) {
    test(`${credentials.user}, client`, () => {
      const exchange = startClient('PLAIN', clientContext(credentialsOf(credentials)));
      assert.equal(initialOf(exchange), message);
    });
    test(`${credentials.user}, server`, async () => {
      const { user, password } = credentials;
      const exchange = startServer(
        'PLAIN',
        serverContext({ store: { password: (name) => (name === user ? password : undefined) } }),
      );
      const authorizationId = 'authorizationId' in credentials ? credentials.authorizationId : undefined;
      assert.deepEqual(
        await exchange.start(octets(message)),
        authorizationId === undefined
          ? { type: 'success', user }
          : { type: 'success', user, authorizationId },
      );
    });
  }
});

test('CRAM-MD5, RFC 2195 section 2, client', async () => {
  const credentials = credentialsOf({ user: 'tim', password: 'tanstaaftanstaaf' });
  const exchange = startClient('CRAM-MD5', clientContext(credentials));
  assert.equal(
    await answerOf(exchange, '<1896.697170952@postoffice.reston.mci.net>'),
    'tim b913a602c7eda7a495b4e6e7334d3890',
  );
});

test('APOP, RFC 1939 section 7, both sides', async () => {
  const timestamp = '<1896.697170952@dbc.mtview.ca.us>';
  const digest = apopDigest(timestamp, clientContext(credentialsOf({ user: 'mrose', password: 'tanstaaf' })));
  assert.equal(digest.reveal(), 'c4c9334bac560ecc979e58001b3e22fb');
  const server = { store: { password: () => 'tanstaaf' }, crypto: nodeCrypto };
  assert.deepEqual(await verifyApop(server, timestamp, 'mrose', digest), { type: 'success', user: 'mrose' });
});

interface ScramVector {
  readonly source: string;
  readonly name: string;
  readonly algorithm: 'SHA-1' | 'SHA-256' | 'SHA-512';
  readonly nonce: string;
  readonly serverNonce: string;
  readonly salt: string;
  readonly proof: string;
  readonly signature: string;
}

const scramVectors: readonly ScramVector[] = [
  {
    source: 'RFC 5802 section 5',
    name: 'SCRAM-SHA-1',
    algorithm: 'SHA-1',
    nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    serverNonce: '3rfcNHYJY1ZVvWVs7j',
    salt: 'QSXCR+Q6sek8bf92',
    proof: 'v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    signature: 'rmF9pqV8S7suAoZWja4dJRkFsKQ=',
  },
  {
    source: 'RFC 7677 section 3',
    name: 'SCRAM-SHA-256',
    algorithm: 'SHA-256',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    serverNonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
    salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
    proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    signature: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
  },
  {
    // No RFC has one for SHA-512; this one is what several implementations agree on.
    source: 'other implementations',
    name: 'SCRAM-SHA-512',
    algorithm: 'SHA-512',
    nonce: 'rOprNGfwEbeRWgbNEkqO',
    serverNonce: '02431b08-2f89-4bad-a4e6-80c0564ec865',
    salt: 'Yin2FuHTt/M0kJWb0t9OI32n2VmOGi3m+JfjOvuDF88=',
    proof: 'Hc5yec3NmCD7t+kFRw4/3yD6/F3SQHc7AVYschRja+Bc3sbdjlA0eH1OjJc0DD4ghn1tnXN5/Wr6qm9xmaHt4A==',
    signature: 'BQuhnKHqYDwQWS5jAw4sZed+C9KFUALsbrq81bB0mh+bcUUbbMPNNmBIupnS2AmyyDnG5CTBQtkjJ9kyY4kzmw==',
  },
];

for (const vector of scramVectors) {
  const { source, name, algorithm, nonce, serverNonce, salt, proof, signature } = vector;
  suite(`${name}, ${source}`, () => {
    const serverFirst = `r=${nonce}${serverNonce},s=${salt},i=4096`;
    const withoutProof = `c=biws,r=${nonce}${serverNonce}`;

    test('the client sends the proof, and takes the signature', async () => {
      const exchange = startClient(
        name,
        clientContext(credentialsOf({ user: 'user', password: 'pencil' }), { crypto: withRandom(nonce) }),
      );
      assert.equal(initialOf(exchange), `n,,n=user,r=${nonce}`);
      assert.equal(await answerOf(exchange, serverFirst), `${withoutProof},p=${proof}`);
      assert.equal(await answerOf(exchange, `v=${signature}`), '');
      exchange.finish();
    });

    // The server makes nonces of base64 only, which those of the RFCs are not: its side of the arithmetic is tested instead.
    test('the server takes the proof, and sends the signature', async () => {
      const keys = await deriveKeys(nodeCrypto, algorithm, octets('pencil'), {
        salt: new Uint8Array(Buffer.from(salt, 'base64')),
        iterations: 4096,
      });
      const authMessage = `n=user,r=${nonce},${serverFirst},${withoutProof}`;
      const theirs = new Uint8Array(Buffer.from(proof, 'base64'));
      assert.ok(verifyProof(nodeCrypto, algorithm, keys.storedKey, theirs, authMessage));
      assert.ok(!verifyProof(nodeCrypto, algorithm, keys.storedKey, theirs, `${authMessage}x`));
      assert.deepEqual(clientProof(nodeCrypto, algorithm, keys, authMessage), theirs);
      const ours = serverSignature(nodeCrypto, algorithm, keys.serverKey, authMessage);
      assert.equal(Buffer.from(ours).toString('base64'), signature);
    });

    test('the server asks for 4096 iterations with its salt', async () => {
      const exchange = startServer(
        name,
        serverContext({
          store: { password: () => 'pencil' },
          crypto: withRandom(salt, 'c2VydmVyIG5vbmNlIG9mIDE4'),
        }),
      );
      assert.equal(
        challengeOf(await exchange.start(octets(`n,,n=user,r=${nonce}`))),
        `r=${nonce}c2VydmVyIG5vbmNlIG9mIDE4,s=${salt},i=4096`,
      );
    });
  });
}

suite('OAUTHBEARER, RFC 7628 section 4', () => {
  const token = 'vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==';
  const message = `n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer ${token}\x01\x01`;

  test('4.1, client', () => {
    const exchange = startClient(
      'OAUTHBEARER',
      clientContext(credentialsOf({ user: 'user@example.com', token }), {
        host: 'server.example.com',
        port: 143,
      }),
    );
    assert.equal(initialOf(exchange), message);
  });

  test('4.1, server', async () => {
    const tokens: string[] = [];
    const exchange = startServer(
      'OAUTHBEARER',
      serverContext({
        store: {
          password: () => undefined,
          checkToken: (user, given) => tokens.push(`${user} ${given}`) > 0,
        },
      }),
    );
    assert.deepEqual(await exchange.start(octets(message)), { type: 'success', user: 'user@example.com' });
    assert.deepEqual(tokens, [`user@example.com ${token}`]);
  });

  test('4.3, a refused token: the error is answered with ^A, and read', async () => {
    const exchange = startClient('OAUTHBEARER', clientContext(credentialsOf({ token })));
    exchange.initialResponse();
    const challenge = '{"status":"invalid_token","scope":"example_scope"}';
    assert.equal(Buffer.from(await answerOf(exchange, challenge), 'latin1').toString('base64'), 'AQ==');
    assert.deepEqual(exchange.tokenError, {
      status: 'invalid_token',
      scope: 'example_scope',
      schemes: undefined,
    });
    assert.throws(() => exchange.finish(), SaslError);
  });
});

test('what is sent for a name beyond ASCII is UTF-8', () => {
  const exchange = startClient('PLAIN', clientContext(credentialsOf({ user: 'ännchen', password: 'ö' })));
  const initial = exchange.initialResponse()?.reveal() ?? octets('');
  assert.equal(Buffer.from(initial).toString('utf8'), '\0ännchen\0ö');
  assert.equal(text(initial).length, 12);
});

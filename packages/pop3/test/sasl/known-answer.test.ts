import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { secret } from '../../src/protocol/index.ts';
import {
  apopDigest,
  type Credentials,
  type CryptoPort,
  defaultSaslLimits,
  type ExchangeContext,
  mechanisms,
  SaslError,
  type ServerExchangeContext,
  serverMechanisms,
  verifyApop,
} from '../../src/sasl/index.ts';
import { nodeCrypto } from '../../src/transport/index.ts';

const text = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');
const octets = (value: string): Uint8Array => Buffer.from(value, 'latin1');

/** Randomness that is known beforehand: base64 of a nonce. */
function withNonce(nonce: string): CryptoPort {
  return { ...nodeCrypto, randomOctets: () => new Uint8Array(Buffer.from(nonce, 'base64')) };
}

function clientContext(credentials: Credentials, more: Partial<ExchangeContext> = {}): ExchangeContext {
  return {
    credentials,
    crypto: nodeCrypto,
    host: 'pop.example.com',
    port: 143,
    plusOffered: false,
    passwordEncoding: 'utf-8',
    limits: defaultSaslLimits,
    ...more,
  };
}

function start(name: string, context: ExchangeContext) {
  const mechanism = mechanisms.get(name);
  assert.ok(mechanism);
  return mechanism.start(context);
}

suite('known answers', () => {
  test('PLAIN, RFC 4616 section 4', () => {
    const exchange = start('PLAIN', clientContext({ user: 'tim', password: secret('tanstaaftanstaaf') }));
    assert.equal(text(exchange.initialResponse()?.reveal() ?? octets('')), '\0tim\0tanstaaftanstaaf');
    const other = start(
      'PLAIN',
      clientContext({ user: 'Kurt', authorizationId: 'Ursel', password: secret('xipj3plmq') }),
    );
    assert.equal(text(other.initialResponse()?.reveal() ?? octets('')), 'Ursel\0Kurt\0xipj3plmq');
  });

  test('CRAM-MD5, RFC 2195 section 3', async () => {
    const exchange = start('CRAM-MD5', clientContext({ user: 'tim', password: secret('tanstaaftanstaaf') }));
    const answer = await exchange.respond(octets('<1896.697170952@postoffice.reston.mci.net>'));
    assert.equal(text(answer.reveal()), 'tim b913a602c7eda7a495b4e6e7334d3890');
  });

  test('APOP, RFC 1939 section 7, both ways', async () => {
    const timestamp = '<1896.697170952@dbc.mtview.ca.us>';
    const digest = apopDigest(timestamp, clientContext({ user: 'mrose', password: secret('tanstaaf') }));
    assert.equal(digest.reveal(), 'c4c9334bac560ecc979e58001b3e22fb');
    const server = { store: { password: () => 'tanstaaf' }, crypto: nodeCrypto };
    assert.equal((await verifyApop(server, timestamp, 'mrose', digest)).type, 'success');
    assert.equal((await verifyApop(server, '<1@x>', 'mrose', digest)).type, 'failure');
  });

  // The nonces of the RFCs are base64 only by chance of their length; `fyko+d2lbbFgONRv9qkxdawL` is.
  test('SCRAM-SHA-1, RFC 5802 section 5', async () => {
    const exchange = start(
      'SCRAM-SHA-1',
      clientContext(
        { user: 'user', password: secret('pencil') },
        { crypto: withNonce('fyko+d2lbbFgONRv9qkxdawL') },
      ),
    );
    assert.equal(
      text(exchange.initialResponse()?.reveal() ?? octets('')),
      'n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL',
    );
    const final = await exchange.respond(
      octets('r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096'),
    );
    assert.equal(
      text(final.reveal()),
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    );
    assert.equal((await exchange.respond(octets('v=rmF9pqV8S7suAoZWja4dJRkFsKQ='))).reveal().length, 0);
    exchange.finish();
  });

  test('SCRAM-SHA-256, RFC 7677 section 3', async () => {
    const exchange = start(
      'SCRAM-SHA-256',
      clientContext(
        { user: 'user', password: secret('pencil') },
        { crypto: withNonce('rOprNGfwEbeRWgbNEkqO') },
      ),
    );
    assert.equal(
      text(exchange.initialResponse()?.reveal() ?? octets('')),
      'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
    );
    const final = await exchange.respond(
      octets('r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096'),
    );
    assert.equal(
      text(final.reveal()),
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    );
    await exchange.respond(octets('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='));
    exchange.finish();
  });

  test('OAUTHBEARER, RFC 7628 section 4.1', () => {
    const exchange = start(
      'OAUTHBEARER',
      clientContext(
        { user: 'user@example.com', accessToken: secret('vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==') },
        { host: 'server.example.com' },
      ),
    );
    assert.equal(
      text(exchange.initialResponse()?.reveal() ?? octets('')),
      'n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\x01\x01',
    );
  });

  test('a refused token is answered, and its error read: RFC 7628 section 3.2.3, XOAUTH2', async () => {
    for (const [name, acknowledgement] of [
      ['OAUTHBEARER', '\x01'],
      ['XOAUTH2', ''],
    ] as const) {
      const exchange = start(name, clientContext({ user: 'u', accessToken: secret('token') }));
      exchange.initialResponse();
      const answer = await exchange.respond(
        octets('{"status":"invalid_token","scope":"mail","schemes":"bearer"}'),
      );
      assert.equal(text(answer.reveal()), acknowledgement);
      assert.deepEqual(exchange.tokenError, { status: 'invalid_token', scope: 'mail', schemes: 'bearer' });
      assert.throws(() => exchange.finish(), SaslError);
    }
  });
});

suite('both sides against each other', () => {
  const binding = { type: 'tls-exporter', data: octets('binding') } as const;

  async function converse(
    name: string,
    password: string,
    more: Partial<ExchangeContext & ServerExchangeContext> = {},
  ) {
    const client = start(
      name,
      clientContext(
        { user: 'ann', password: secret(password), accessToken: secret(password) },
        { channelBinding: binding, plusOffered: true, ...more },
      ),
    );
    const server = serverMechanisms.get(name)?.start({
      store: {
        password: (user) => (user === 'ann' ? 'pass wörd' : undefined),
        checkToken: (_, token) => token === 'pass-token',
      },
      crypto: nodeCrypto,
      host: 'localhost',
      channelBinding: binding,
      certificateUser: 'ann',
      now: () => 1,
      ...more,
    });
    assert.ok(server);
    let step = await server.start(client.initialResponse()?.reveal());
    for (let count = 0; step.type === 'challenge' && count < 5; count++) {
      step = await server.respond((await client.respond(step.data)).reveal());
    }
    if (step.type === 'success') client.finish();
    return step;
  }

  const passwordMechanisms = [...mechanisms.values()]
    .filter(({ needs }) => needs === 'password')
    .map(({ name }) => name);
  for (const name of passwordMechanisms) {
    test(`${name}: right, wrong, unknown user`, async () => {
      assert.deepEqual(await converse(name, 'pass wörd'), { type: 'success', user: 'ann' });
      assert.equal((await converse(name, 'wrong')).type, 'failure');
    });
  }
  for (const name of ['OAUTHBEARER', 'XOAUTH2']) {
    test(`${name}: right and wrong token`, async () => {
      assert.deepEqual(await converse(name, 'pass-token'), { type: 'success', user: 'ann' });
      assert.equal((await converse(name, 'wrong-token')).type, 'failure');
    });
  }
  test('EXTERNAL: the certificate decides', async () => {
    assert.deepEqual(await converse('EXTERNAL', ''), { type: 'success', user: 'ann' });
    assert.equal((await converse('EXTERNAL', '', { certificateUser: undefined })).type, 'failure');
  });
  test('a binding to another connection is refused', async () => {
    const client = { type: 'tls-exporter', data: octets('other') } as const;
    const exchange = start(
      'SCRAM-SHA-256-PLUS',
      clientContext({ user: 'ann', password: secret('pass wörd') }, { channelBinding: client }),
    );
    const server = serverMechanisms.get('SCRAM-SHA-256-PLUS')?.start({
      store: { password: () => 'pass wörd' },
      crypto: nodeCrypto,
      host: 'localhost',
      channelBinding: binding,
      now: () => 1,
    });
    assert.ok(server);
    const first = await server.start(exchange.initialResponse()?.reveal());
    assert.ok(first.type === 'challenge');
    const last = await server.respond((await exchange.respond(first.data)).reveal());
    assert.equal(last.type, 'failure');
  });
});

suite('a SCRAM server that misbehaves gets no proof', () => {
  const nonce = 'fyko+d2lbbFgONRv9qkxdawL';
  const rows: readonly (readonly [name: string, message: string, rule: string])[] = [
    ['the nonce is not ours', 'r=other,s=QSXCR+Q6sek8bf92,i=4096', 'nonce-not-ours'],
    ['the nonce is not extended', `r=${nonce},s=QSXCR+Q6sek8bf92,i=4096`, 'nonce-not-extended'],
    ['too few iterations', `r=${nonce}x,s=QSXCR+Q6sek8bf92,i=4095`, 'iterations-too-few'],
    ['10^8 iterations', `r=${nonce}x,s=QSXCR+Q6sek8bf92,i=100000000`, 'iterations-too-many'],
    ['no number of iterations', `r=${nonce}x,s=QSXCR+Q6sek8bf92,i=many`, 'iterations-malformed'],
    ['negative iterations', `r=${nonce}x,s=QSXCR+Q6sek8bf92,i=-1`, 'iterations-malformed'],
    ['an extension', `m=x,r=${nonce}x,s=QSXCR+Q6sek8bf92,i=4096`, 'extension-unknown'],
    ['no salt', `r=${nonce}x,i=4096`, 'server-first-malformed'],
    ['an empty salt', `r=${nonce}x,s=,i=4096`, 'salt-malformed'],
    ['a salt that is not base64', `r=${nonce}x,s=!!,i=4096`, 'salt-malformed'],
    ['a huge nonce', `r=${nonce}${'x'.repeat(2000)},s=QSXCR+Q6sek8bf92,i=4096`, 'too-long'],
    ['a huge salt', `r=${nonce}x,s=${'QUJD'.repeat(500)},i=4096`, 'too-long'],
    ['nothing', '', 'server-first-malformed'],
    ['an error', 'e=other-error', 'server-first-malformed'],
  ];
  for (const [name, message, rule] of rows) {
    test(name, async () => {
      const exchange = start(
        'SCRAM-SHA-1',
        clientContext({ user: 'user', password: secret('pencil') }, { crypto: withNonce(nonce) }),
      );
      exchange.initialResponse();
      await assert.rejects(
        async () => exchange.respond(octets(message)),
        (error) => error instanceof SaslError && error.rule === rule,
      );
      assert.throws(() => exchange.finish(), SaslError);
    });
  }

  const finals: readonly (readonly [name: string, message: string | undefined, rule: string])[] = [
    ['a wrong signature', 'v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'server-signature-wrong'],
    ['no signature', '', 'server-signature-wrong'],
    ['e=', 'e=invalid-proof', 'server-error'],
    ['a bare +OK', undefined, 'server-signature-missing'],
  ];
  for (const [name, message, rule] of finals) {
    test(`${name} instead of its signature`, async () => {
      const exchange = start(
        'SCRAM-SHA-1',
        clientContext({ user: 'user', password: secret('pencil') }, { crypto: withNonce(nonce) }),
      );
      exchange.initialResponse();
      await exchange.respond(octets(`r=${nonce}x,s=QSXCR+Q6sek8bf92,i=4096`));
      const is = (error: unknown): boolean => error instanceof SaslError && error.rule === rule;
      if (message === undefined) assert.throws(() => exchange.finish(), is);
      else await assert.rejects(async () => exchange.respond(octets(message)), is);
    });
  }
});

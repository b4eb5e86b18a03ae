import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LocalProtocolError } from '../../src/protocol/index.ts';
import { defaultSaslLimits, type ExchangeContext, mechanisms } from '../../src/sasl/index.ts';
import { nodeCrypto } from '../../src/transport/index.ts';
import {
  answerOf,
  breaks,
  clientContext,
  credentialsOf,
  initialOf,
  octets,
  startClient,
  utf8,
  withRandom,
} from './conversation.ts';

const nonce = 'fyko+d2lbbFgONRv9qkxdawL';
const salt = 'QSXCR+Q6sek8bf92';
const serverFirst = `r=${nonce}3rfcNHYJY1ZVvWVs7j,s=${salt},i=4096`;
const exporter = { type: 'tls-exporter', data: octets('\0\xffbinding') } as const;

// The client of RFC 5802 section 5, its first message sent, with a count of the key derivations.
function begin(more: Partial<ExchangeContext> = {}) {
  const derivations: number[] = [];
  const crypto: ExchangeContext['crypto'] = {
    ...withRandom(nonce),
    pbkdf2(algorithm, password, saltOctets, iterations) {
      derivations.push(iterations);
      return nodeCrypto.pbkdf2(algorithm, password, saltOctets, iterations);
    },
  };
  const credentials = credentialsOf({ user: 'user', password: 'pencil' });
  const exchange = startClient('SCRAM-SHA-1', clientContext(credentials, { crypto, ...more }));
  assert.equal(exchange.secretSent, false);
  initialOf(exchange);
  return { exchange, derivations };
}

suite('no proof is sent, and no key derived, after a first message where', () => {
  const rows: readonly (readonly [name: string, message: string | Uint8Array, rule: string])[] = [
    ['there is nothing', '', 'server-first-malformed'],
    ['there is prose', 'go ahead', 'server-first-malformed'],
    ['there are octets that are no UTF-8', octets('r=\xff'), 'server-first-malformed'],
    ['the nonce is another', `r=other,s=${salt},i=4096`, 'nonce-not-ours'],
    ['the nonce is empty', `r=,s=${salt},i=4096`, 'nonce-not-ours'],
    ['the nonce ends in ours', `r=x${nonce},s=${salt},i=4096`, 'nonce-not-ours'],
    ['the nonce is cut short', `r=${nonce.slice(0, -1)},s=${salt},i=4096`, 'nonce-not-ours'],
    ['the nonce differs in case', `r=${nonce.toUpperCase()}x,s=${salt},i=4096`, 'nonce-not-ours'],
    ['the nonce is not extended', `r=${nonce},s=${salt},i=4096`, 'nonce-not-extended'],
    ['the nonce holds a line end', `r=${nonce}\r\nx,s=${salt},i=4096`, 'nonce-malformed'],
    ['the nonce holds a space', `r=${nonce} x,s=${salt},i=4096`, 'nonce-malformed'],
    ['the nonce is not ASCII', utf8(`r=${nonce}é,s=${salt},i=4096`), 'nonce-malformed'],
    ['the nonce is huge', `r=${nonce}${'x'.repeat(1001)},s=${salt},i=4096`, 'too-long'],
    ['the salt is huge', `r=${nonce}x,s=${'QUJD'.repeat(342)},i=4096`, 'too-long'],
    ['the salt is empty', `r=${nonce}x,s=,i=4096`, 'salt-malformed'],
    ['the salt is not base64', `r=${nonce}x,s=!!!!,i=4096`, 'salt-malformed'],
    ['the salt is cut short', `r=${nonce}x,s=QSX,i=4096`, 'salt-malformed'],
    ['the salt is missing', `r=${nonce}x,i=4096`, 'server-first-malformed'],
    ['the iterations are missing', `r=${nonce}x,s=${salt}`, 'server-first-malformed'],
    ['the order is another', `s=${salt},r=${nonce}x,i=4096`, 'server-first-malformed'],
    ['the iterations are 0', `r=${nonce}x,s=${salt},i=0`, 'iterations-malformed'],
    ['the iterations are 1', `r=${nonce}x,s=${salt},i=1`, 'iterations-too-few'],
    ['the iterations are 4095', `r=${nonce}x,s=${salt},i=4095`, 'iterations-too-few'],
    ['the iterations are 600,001', `r=${nonce}x,s=${salt},i=600001`, 'iterations-too-many'],
    ['the iterations are 10^8', `r=${nonce}x,s=${salt},i=100000000`, 'iterations-too-many'],
    ['the iterations are 2^64', `r=${nonce}x,s=${salt},i=18446744073709551616`, 'iterations-malformed'],
    ['the iterations are negative', `r=${nonce}x,s=${salt},i=-4096`, 'iterations-malformed'],
    ['the iterations are hexadecimal', `r=${nonce}x,s=${salt},i=0x1000`, 'iterations-malformed'],
    ['the iterations are a fraction', `r=${nonce}x,s=${salt},i=4096.5`, 'iterations-malformed'],
    ['the iterations are a word', `r=${nonce}x,s=${salt},i=NaN`, 'iterations-malformed'],
    ['the iterations have a space', `r=${nonce}x,s=${salt},i= 4096`, 'iterations-malformed'],
    ['an extension is mandatory', `m=x,r=${nonce}x,s=${salt},i=4096`, 'extension-unknown'],
    ['an extension is mandatory, at the end', `r=${nonce}x,s=${salt},i=4096,m=x`, 'extension-unknown'],
    ['there is an error', 'e=other-error', 'server-first-malformed'],
    ['there is a signature already', 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=', 'server-first-malformed'],
  ];
  for (const [name, message, rule] of rows) {
    test(name, async () => {
      const { exchange, derivations } = begin();
      const challenge = typeof message === 'string' ? octets(message) : message;
      await assert.rejects(async () => exchange.respond(challenge), breaks(rule));
      assert.deepEqual(derivations, []);
      assert.equal(exchange.secretSent, false);
      assert.throws(() => exchange.finish(), breaks('server-signature-missing'));
    });
  }
});

suite('the server is not trusted where', () => {
  const rows: readonly (readonly [name: string, message: string, rule: string, hint?: RegExp])[] = [
    ['its signature is wrong', 'v=AAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'server-signature-wrong'],
    ['its signature is short', 'v=rmF9pqV8S7suAoZWja4dJRkFsA==', 'server-signature-wrong'],
    ['its signature is empty', 'v=', 'server-signature-wrong'],
    ['its signature is no base64', 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ', 'server-signature-wrong'],
    ['its signature comes second', 'x=y,v=rmF9pqV8S7suAoZWja4dJRkFsKQ=', 'server-signature-wrong'],
    ['it sends nothing', '', 'server-signature-wrong'],
    ['it sends its first message again', serverFirst, 'server-signature-wrong'],
    ['it says that the proof is wrong', 'e=invalid-proof', 'server-error', /password/],
    ['it says that there is no such user', 'e=unknown-user', 'server-error', /user name/],
    ['it is bound to another connection', 'e=channel-bindings-dont-match', 'server-error', /in between/],
    ['it says something of its own', 'e=pencil', 'server-error'],
  ];
  for (const [name, message, rule, hint] of rows) {
    test(name, async () => {
      const { exchange } = begin();
      await answerOf(exchange, serverFirst);
      assert.equal(exchange.secretSent, true);
      await assert.rejects(answerOf(exchange, message), (error) => {
        assert.ok(breaks(rule)(error) && error instanceof Error);
        assert.doesNotMatch(error.message, /pencil/);
        if (hint !== undefined) assert.match('hint' in error ? String(error.hint) : '', hint);
        return true;
      });
      assert.throws(() => exchange.finish(), breaks('server-signature-missing'));
    });
  }
  test('it says +OK at once', () => {
    assert.throws(() => begin().exchange.finish(), breaks('server-signature-missing'));
  });
  test('it says +OK after the proof', async () => {
    const { exchange } = begin();
    await answerOf(exchange, serverFirst);
    assert.throws(() => exchange.finish(), breaks('server-signature-missing'));
  });
  test('it goes on after its signature', async () => {
    const { exchange } = begin();
    await answerOf(exchange, serverFirst);
    await answerOf(exchange, 'v=rmF9pqV8S7suAoZWja4dJRkFsKQ=');
    await assert.rejects(answerOf(exchange, ''), breaks('unexpected-challenge'));
  });
});

suite('what the server may do', () => {
  test('ask for 600,000 iterations, and for what the limits allow', async () => {
    const most = begin();
    await answerOf(most.exchange, `r=${nonce}x,s=${salt},i=600000`);
    assert.deepEqual(most.derivations, [600_000]);
    const few = begin({ limits: { ...defaultSaslLimits, minimumIterations: 1 } });
    await answerOf(few.exchange, `r=${nonce}x,s=${salt},i=1`);
    assert.deepEqual(few.derivations, [1]);
  });
  test('add extensions that are not mandatory, in both messages', async () => {
    const { exchange } = begin();
    const first = `r=${nonce}x,s=${salt},i=4096,q=1`;
    const final = await answerOf(exchange, first);
    assert.match(final, /^c=biws,r=[^,]+,p=/);
  });
});

suite('the gs2 header says', () => {
  const rows: readonly (readonly [
    name: string,
    mechanism: string,
    context: Partial<ExchangeContext>,
    header: string,
    binding: string,
  ])[] = [
    ['n: no binding', 'SCRAM-SHA-256', {}, 'n,,', 'n,,'],
    ['n: no binding, whatever is offered', 'SCRAM-SHA-256', { plusOffered: true }, 'n,,', 'n,,'],
    ['y: we could, the server cannot', 'SCRAM-SHA-256', { channelBinding: exporter }, 'y,,', 'y,,'],
    [
      'n: both could, and it was not chosen',
      'SCRAM-SHA-256',
      { channelBinding: exporter, plusOffered: true },
      'n,,',
      'n,,',
    ],
    [
      'p: bound',
      'SCRAM-SHA-256-PLUS',
      { channelBinding: exporter, plusOffered: true },
      'p=tls-exporter,,',
      'p=tls-exporter,,\0\xffbinding',
    ],
    [
      'p: bound to the certificate',
      'SCRAM-SHA-1-PLUS',
      { channelBinding: { type: 'tls-server-end-point', data: octets('digest') }, plusOffered: true },
      'p=tls-server-end-point,,',
      'p=tls-server-end-point,,digest',
    ],
  ];
  for (const [name, mechanism, context, header, binding] of rows) {
    test(name, async () => {
      const exchange = startClient(
        mechanism,
        clientContext(credentialsOf({ password: 'pencil' }), { crypto: withRandom(nonce), ...context }),
      );
      assert.equal(initialOf(exchange), `${header}n=ann,r=${nonce}`);
      const final = await answerOf(exchange, serverFirst);
      const sent = /^c=([^,]+),/.exec(final)?.[1] ?? '';
      assert.equal(Buffer.from(sent, 'base64').toString('latin1'), binding);
    });
  }
  test('the identity to act as, its commas and equals signs written out', () => {
    const exchange = startClient(
      'SCRAM-SHA-256',
      clientContext(credentialsOf({ user: 'a,b=c', authorizationId: 'd,=', password: 'x' }), {
        crypto: withRandom(nonce),
      }),
    );
    assert.equal(initialOf(exchange), `n,a=d=2C=3D,n=a=2Cb=3Dc,r=${nonce}`);
  });
});

test('-PLUS without a binding does not start', () => {
  for (const name of ['SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-512-PLUS']) {
    assert.throws(
      () => startClient(name, clientContext(credentialsOf({ password: 'x' }))),
      breaks('channel-binding-missing'),
    );
  }
});

test('a password that cannot be sent is refused before anything is', () => {
  for (const password of ['', 'a\nb', 'a\0b', undefined]) {
    const credentials = credentialsOf(password === undefined ? {} : { password });
    assert.throws(() => startClient('SCRAM-SHA-256', clientContext(credentials)), LocalProtocolError);
  }
});

test('every run has a nonce of its own, of 24 octets', () => {
  const nonces = [1, 2, 3].map(() => {
    const first = initialOf(startClient('SCRAM-SHA-256', clientContext(credentialsOf({ password: 'x' }))));
    return /,r=([A-Za-z0-9+/]{32})$/.exec(first ?? '')?.[1];
  });
  assert.ok(nonces.every((one) => one !== undefined));
  assert.equal(new Set(nonces).size, 3);
});

test('names and passwords are prepared with SASLprep', async () => {
  const prepared = ['user\u00aa', 'pen\u00adcil\u2168'] as const;
  const plain = ['usera', 'pencilIX'] as const;
  const [one, other] = await Promise.all(
    [prepared, plain].map(async ([user, password]) => {
      const exchange = startClient(
        'SCRAM-SHA-1',
        clientContext(credentialsOf({ user, password }), { crypto: withRandom(nonce) }),
      );
      return [initialOf(exchange), await answerOf(exchange, serverFirst)];
    }),
  );
  assert.deepEqual(one, other);
});

test('all six are there, strongest first', () => {
  assert.deepEqual(
    [...mechanisms.keys()].filter((name) => name.startsWith('SCRAM-')),
    ['-PLUS', ''].flatMap((plus) => ['SHA-512', 'SHA-256', 'SHA-1'].map((hash) => `SCRAM-${hash}${plus}`)),
  );
});

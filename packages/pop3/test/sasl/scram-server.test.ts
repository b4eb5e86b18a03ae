import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ServerExchangeContext } from '../../src/sasl/index.ts';
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
} from './conversation.ts';

const exporter = { type: 'tls-exporter', data: octets('binding') } as const;

suite('a first message is refused where', () => {
  const rows: readonly (readonly [
    name: string,
    message: string,
    mechanism?: string,
    context?: Partial<ServerExchangeContext>,
  ])[] = [
    ['there is nothing of it', ''],
    ['it is prose', 'hello'],
    ['it has no gs2 header', 'n=ann,r=abc'],
    ['its gs2 flag is unknown', 'x,,n=ann,r=abc'],
    ['it has no user', 'n,,r=abc'],
    ['its user is empty', 'n,,n=,r=abc'],
    ['it has no nonce', 'n,,n=ann'],
    ['its nonce is empty', 'n,,n=ann,r='],
    ['its nonce holds a control character', 'n,,n=ann,r=abc\x01'],
    ['its user holds an equals sign that stands for nothing', 'n,,n=a=b,r=abc'],
    ['its identity holds one', 'n,a=a=,n=ann,r=abc'],
    ['an extension is mandatory', 'n,,m=x,n=ann,r=abc'],
    ['it is no UTF-8', 'n,,n=\xff,r=abc'],
    ['it binds, and the mechanism does not', 'p=tls-exporter,,n=ann,r=abc'],
    [
      'it does not bind, and the mechanism does',
      'n,,n=ann,r=abc',
      'SCRAM-SHA-256-PLUS',
      { channelBinding: exporter },
    ],
    [
      'it says y to a mechanism that binds',
      'y,,n=ann,r=abc',
      'SCRAM-SHA-256-PLUS',
      { channelBinding: exporter },
    ],
    [
      'it binds in a way that is not ours',
      'p=tls-unique,,n=ann,r=abc',
      'SCRAM-SHA-256-PLUS',
      { channelBinding: exporter },
    ],
    ['it binds where there is nothing to bind to', 'p=tls-exporter,,n=ann,r=abc', 'SCRAM-SHA-256-PLUS'],
    ['-PLUS was hidden from it', 'y,,n=ann,r=abc', 'SCRAM-SHA-256', { channelBinding: exporter }],
  ];
  for (const [name, message, mechanism = 'SCRAM-SHA-256', context = {}] of rows) {
    test(name, async () => {
      const exchange = startServer(mechanism, serverContext(context));
      assert.equal((await exchange.start(octets(message))).type, 'failure');
    });
  }
});

suite('a final message is refused where', () => {
  // What is made of the right one.
  const rows: readonly (readonly [name: string, change: (final: string) => string])[] = [
    ['there is nothing of it', () => ''],
    ['its proof is missing', (final) => final.replace(/,p=.*/, '')],
    ['its proof is wrong', (final) => final.replace(/,p=.*/, `,p=${Buffer.alloc(32).toString('base64')}`)],
    ['its proof is short', (final) => final.replace(/,p=.*/, ',p=AAAA')],
    ['its proof is no base64', (final) => final.replace(/,p=.*/, ',p=!')],
    ['its nonce is another', (final) => final.replace(/,r=[^,]+/, ',r=other')],
    ['its nonce is the client’s alone', (final) => final.replace(/,r=(.{32})[^,]+/, ',r=$1')],
    ['its binding is another', (final) => final.replace('c=biws', 'c=eSws')],
    ['its binding is missing', (final) => final.replace('c=biws,', '')],
    ['something was put in', (final) => final.replace(',p=', ',x=y,p=')],
    ['something follows the proof', (final) => `${final},x=y`],
  ];
  async function talk(change: (final: string) => string) {
    const client = startClient('SCRAM-SHA-256', clientContext(credentialsOf({ password: 'pass wörd' })));
    const server = startServer('SCRAM-SHA-256');
    const first = challengeOf(await server.start(octets(initialOf(client) ?? '')));
    const final = await answerOf(client, first);
    return { server, step: await server.respond(octets(change(final))) };
  }
  for (const [name, change] of rows) {
    test(name, async () => assert.equal((await talk(change)).step.type, 'failure'));
  }
  test('nothing: the right one is taken, and success waits for the empty answer', async () => {
    const { server, step } = await talk((final) => final);
    assert.match(challengeOf(step), /^v=/);
    assert.equal((await server.respond(octets('x'))).type, 'failure');
    assert.deepEqual(await server.respond(octets('')), { type: 'success', user: 'ann' });
  });
});

test('an unknown user gets a salt and iterations like everybody', async () => {
  const message = challengeOf(await startServer('SCRAM-SHA-256').start(octets('n,,n=nobody,r=abc')));
  assert.match(message, /^r=abc[A-Za-z0-9+/]{24},s=[A-Za-z0-9+/]{22}==,i=4096$/);
});

test('the identity to act as is told', async () => {
  const credentials = credentialsOf({ password: 'pass wörd', authorizationId: 'bob' });
  const client = startClient('SCRAM-SHA-512', clientContext(credentials));
  const server = startServer('SCRAM-SHA-512');
  const first = challengeOf(await server.start(octets(initialOf(client) ?? '')));
  await server.respond(octets(await answerOf(client, first)));
  assert.deepEqual(await server.respond(octets('')), {
    type: 'success',
    user: 'ann',
    authorizationId: 'bob',
  });
});

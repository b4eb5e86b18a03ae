import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Pop3Client, type Pop3Error, SaslError } from '../../src/client/index.ts';
import { type ServerExchange, type ServerStep, serverMechanisms } from '../../src/sasl/index.ts';
import { type ScriptedPeer, startScriptedServer } from '../../src/testing/index.ts';
import { nodeCrypto } from '../../src/transport/index.ts';

const password = 'Sesame-opens-9';
const mechanism = 'SCRAM-SHA-256';

/** What a server does to the messages that an honest one would send. Undefined: it says +OK in their place. */
interface Misbehaviour {
  readonly first?: (message: string) => string | undefined;
  readonly final?: (message: string) => string | undefined;
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

function honestServer(): ServerExchange {
  const honest = serverMechanisms.get(mechanism);
  assert.ok(honest);
  return honest.start({
    store: { password: () => password },
    crypto: nodeCrypto,
    host: 'localhost',
    now: () => 0,
  });
}

function dataOf(step: ServerStep): string {
  assert.equal(step.type, 'challenge', 'the client did its part wrong');
  return step.type === 'challenge' ? Buffer.from(step.data).toString('latin1') : '';
}

async function misbehave(peer: ScriptedPeer, { first, final }: Misbehaviour): Promise<void> {
  const exchange = honestServer();
  const begin = await peer.expect(/^AUTH SCRAM-SHA-256 \S+$/);
  const serverFirst = dataOf(await exchange.start(fromBase64(begin.split(' ')[2] ?? '')));
  const changedFirst = first === undefined ? serverFirst : first(serverFirst);
  if (changedFirst === undefined) return peer.send('+OK logged in\r\n');
  await peer.send(`+ ${base64(changedFirst)}\r\n`);
  const proof = await peer.line();
  if (proof === '*') return peer.send('-ERR cancelled\r\n');
  const serverFinal = dataOf(await exchange.respond(fromBase64(proof)));
  const changedFinal = final === undefined ? serverFinal : final(serverFinal);
  if (changedFinal === undefined) return peer.send('+OK logged in\r\n');
  await peer.send(`+ ${base64(changedFinal)}\r\n`);
  const last = await peer.line();
  return peer.send(last === '' ? '+OK logged in\r\n' : '-ERR cancelled\r\n');
}

/** Logs in to a server that misbehaves. Gives the error, the lines that were sent, and whether the session was left standing. */
async function logIn(misbehaviour: Misbehaviour) {
  const server = await startScriptedServer(async (peer) => {
    await peer.send('+OK ready\r\n');
    await peer.expect('CAPA');
    await peer.send(`+OK\r\nUSER\r\nSASL ${mechanism} PLAIN\r\n.\r\n`);
    await misbehave(peer, misbehaviour);
    await peer.answer(() => '+OK\r\n.\r\n');
  });
  try {
    const client = await Pop3Client.connect({
      host: '127.0.0.1',
      port: server.port,
      security: 'none',
      timeouts: { pass: 5000 },
    });
    const error: unknown = await client.authenticate({ user: 'ann', password }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const { state } = client;
    client.destroy();
    return { error, state, sent: server.received.split('\r\n').slice(1, -1) };
  } finally {
    await server.close();
  }
}

const nonceOf = (first: string): string => /^r=([^,]+)/.exec(first)?.[1] ?? '';
/** The client's part: 24 octets in base64. */
const ours = (first: string): string => nonceOf(first).slice(0, 32);
const iterations = (count: string) => (first: string) => first.replace(/i=\d+$/, `i=${count}`);

test('an honest server is logged in to', async () => {
  const { error, state, sent } = await logIn({});
  assert.equal(error, undefined);
  assert.equal(state, 'TRANSACTION');
  assert.deepEqual(
    sent.map((line) => line.split(' ', 2).join(' ')).filter((line) => line !== 'CAPA'),
    ['AUTH SCRAM-SHA-256', sent[1], ''],
  );
});

suite('after a bad first message no proof is sent, no other mechanism is tried, and the session stands', () => {
  const rows: readonly (readonly [name: string, first: (message: string) => string, rule: string])[] = [
    ['another nonce', (first) => first.replace(ours(first), 'x'.repeat(32)), 'nonce-not-ours'],
    ['our nonce behind another', (first) => first.replace('r=', 'r=x'), 'nonce-not-ours'],
    ['our nonce alone', (first) => first.replace(nonceOf(first), ours(first)), 'nonce-not-extended'],
    ['a nonce of 40,000 octets', (first) => first.replace(',s=', `${'x'.repeat(40_000)},s=`), 'too-long'],
    ['a space in the nonce', (first) => first.replace(',s=', ' ,s='), 'nonce-malformed'],
    ['m=, an extension', (first) => `m=ext,${first}`, 'extension-unknown'],
    ['no salt', (first) => first.replace(/,s=[^,]+/, ''), 'server-first-malformed'],
    ['an empty salt', (first) => first.replace(/,s=[^,]+/, ',s='), 'salt-malformed'],
    ['a salt that is not base64', (first) => first.replace(/,s=[^,]+/, ',s=!!!!'), 'salt-malformed'],
    ['no iterations', (first) => first.replace(/,i=\d+$/, ''), 'server-first-malformed'],
    ['4095 iterations', iterations('4095'), 'iterations-too-few'],
    ['one iteration', iterations('1'), 'iterations-too-few'],
    ['600,001 iterations', iterations('600001'), 'iterations-too-many'],
    ['10^8 iterations', iterations('100000000'), 'iterations-too-many'],
    ['2^64 iterations', iterations('18446744073709551616'), 'iterations-malformed'],
    ['-1 iterations', iterations('-1'), 'iterations-malformed'],
    ['0x1000 iterations', iterations('0x1000'), 'iterations-malformed'],
    ['an error', () => 'e=other-error', 'server-first-malformed'],
    ['nothing', () => '', 'server-first-malformed'],
    ['prose', () => 'go ahead', 'server-first-malformed'],
    ['octets that are no text', () => '\xff\xfe\x00', 'server-first-malformed'],
  ];
  for (const [name, first, rule] of rows) {
    test(`${name}: ${rule}`, async () => {
      const { error, sent, state } = await logIn({ first });
      assert.ok(error instanceof SaslError, String(error));
      assert.equal(error.rule, rule);
      assert.equal(error.fatal, false);
      assert.equal(sent.length, 2, sent.join());
      assert.equal(sent[1], '*');
      assert.equal(state, 'AUTHORIZATION');
    });
  }
});

suite('a server that has not proved itself is left, whatever it says', () => {
  const rows: readonly (readonly [name: string, misbehaviour: Misbehaviour, rule: string])[] = [
    ['a bare +OK to the proof', { final: () => undefined }, 'server-signature-missing'],
    ['a bare +OK to the first message', { first: () => undefined }, 'server-signature-missing'],
  ];
  for (const [name, misbehaviour, rule] of rows) {
    test(name, async () => {
      const { error, sent } = await logIn(misbehaviour);
      assert.ok(error instanceof SaslError, String(error));
      assert.deepEqual([error.rule, error.fatal], [rule, true]);
      assert.equal(sent.length, misbehaviour.final === undefined ? 1 : 2, 'nothing was sent after it');
    });
  }

  test('every later call gets the same error', async () => {
    const server = await startScriptedServer(async (peer) => {
      await peer.send('+OK ready\r\n');
      await peer.expect('CAPA');
      await peer.send(`+OK\r\nSASL ${mechanism}\r\n.\r\n`);
      await misbehave(peer, { final: () => undefined });
      await peer.stall();
    });
    try {
      const client = await Pop3Client.connect({ host: '127.0.0.1', port: server.port, security: 'none' });
      const is = (error: Pop3Error) =>
        error instanceof SaslError && error.rule === 'server-signature-missing' && error.fatal;
      await assert.rejects(client.authenticate({ user: 'ann', password }), is);
      await assert.rejects(client.stat(), is);
      await assert.rejects(client.quit(), is);
    } finally {
      await server.close();
    }
  });
});

suite('an exchange that was cancelled, and a server that ends the session over it', () => {
  const rows: readonly (readonly [name: string, answer: (peer: ScriptedPeer) => Promise<void> | void])[] = [
    ['closes', (peer) => peer.close()],
    ['accepts all the same', (peer) => peer.send('+OK\r\n')],
    ['goes on asking', (peer) => peer.send('+ eA==\r\n')],
  ];
  for (const [name, answer] of rows) {
    test(`${name}: the error says that the session is over`, async () => {
      const server = await startScriptedServer(async (peer) => {
        await peer.send('+OK ready\r\n');
        await peer.expect('CAPA');
        await peer.send(`+OK\r\nSASL ${mechanism}\r\n.\r\n`);
        await peer.line();
        await peer.send('+ eA==\r\n');
        await peer.expect('*');
        await answer(peer);
        await peer.stall();
      });
      try {
        const client = await Pop3Client.connect({ host: '127.0.0.1', port: server.port, security: 'none' });
        await assert.rejects(client.authenticate({ user: 'ann', password }), {
          rule: 'server-first-malformed',
          message: /^SCRAM-SHA-256: the server's first message is malformed$/,
          fatal: true,
        });
        await assert.rejects(client.noop(), { fatal: true });
        assert.deepEqual(server.failures, []);
      } finally {
        await server.close();
      }
    });
  }
});

suite('a bad last message is an error, and nothing else is tried', () => {
  const rows: readonly (readonly [name: string, final: (message: string) => string, rule: string])[] = [
    ['another signature', () => `v=${base64('x'.repeat(32))}`, 'server-signature-wrong'],
    ['a signature cut short', (final) => `v=${base64(final.slice(2, 10))}`, 'server-signature-wrong'],
    ['an empty signature', () => 'v=', 'server-signature-wrong'],
    ['no signature', () => 'x=1', 'server-signature-wrong'],
    ['nothing', () => '', 'server-signature-wrong'],
    ['e=invalid-proof', () => 'e=invalid-proof', 'server-error'],
    ['e= with words of its own', () => 'e=\x1b[2Jhello', 'server-error'],
  ];
  for (const [name, final, rule] of rows) {
    test(`${name}: ${rule}`, async () => {
      const { error, sent, state } = await logIn({ final });
      assert.ok(error instanceof SaslError, String(error));
      assert.equal(error.rule, rule);
      assert.match(error.message, /^[\x20-\x7e]+$/);
      assert.equal(sent.length, 3, sent.join());
      assert.equal(sent[2], '*');
      assert.equal(state, 'AUTHORIZATION');
    });
  }
});

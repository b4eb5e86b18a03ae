import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { suite, test } from 'node:test';
import { connectTcp, describeConnectFailure, toAsciiHost } from '../../src/transport/tcp.ts';

const endpoint = { host: 'h.example', port: 110 };

suite('a connection that was not made', () => {
  const rows: readonly (readonly [code: string, phase: string, transient: boolean, message: RegExp])[] = [
    ['ENOTFOUND', 'resolve', false, /^h\.example: there is no host of that name$/],
    ['EAI_AGAIN', 'resolve', true, /could not be looked up/],
    ['ECONNREFUSED', 'connect', true, /^h\.example:110: the connection was refused$/],
    ['ETIMEDOUT', 'connect', true, /no address of the host answered/],
    ['EHOSTUNREACH', 'connect', true, /cannot be reached/],
    ['EACCES', 'connect', false, /does not allow/],
    ['EWHATEVER', 'connect', true, /could not be made \(whatever\)/],
  ];
  for (const [code, phase, transient, message] of rows) {
    test(`${code}: ${phase}, ${transient ? 'worth a later try' : 'final'}, with a hint`, () => {
      const error = describeConnectFailure(Object.assign(new Error('whatever'), { code }), endpoint);
      assert.deepEqual([error.phase, error.transient, error.fatal], [phase, transient, true]);
      assert.match(error.message, message);
      assert.ok(error.hint);
    });
  }

  test('several addresses are all named', () => {
    const each = ['::1', '127.0.0.1'].map((address) =>
      Object.assign(new Error('refused'), { code: 'ECONNREFUSED', address }),
    );
    const error = describeConnectFailure(new AggregateError(each), endpoint);
    assert.match(error.message, /refused; tried ::1, 127\.0\.0\.1$/);
  });
});

suite('connecting', () => {
  test('to a port that nobody listens on', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    await assert.rejects(connectTcp({ host: '127.0.0.1', port }, { milliseconds: 5000 }), {
      code: 'ERR_POP3_TRANSPORT',
      phase: 'connect',
    });
  });

  test('aborted: rejects with the reason', async () => {
    const reason = new Error('enough');
    const wait = { milliseconds: 5000, signal: AbortSignal.abort(reason) };
    await assert.rejects(connectTcp({ host: '127.0.0.1', port: 9 }, wait), reason);
  });

  test('names with other letters are written as DNS has them', () => {
    assert.equal(toAsciiHost('münchen.example'), 'xn--mnchen-3ya.example');
    assert.equal(toAsciiHost('mail.example'), 'mail.example');
    assert.equal(toAsciiHost('127.0.0.1'), '127.0.0.1');
    assert.equal(toAsciiHost('::1'), '::1');
  });
});

import assert from 'node:assert/strict';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { type RedirectReceiver, receiveRedirect } from '../../src/oauth/redirect.ts';

suite('the place that the browser comes back to', () => {
  let receiver: RedirectReceiver;
  beforeEach(async () => {
    receiver = await receiveRedirect('the-state');
  });
  afterEach(() => receiver.close());

  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(new URL(path, receiver.uri), init);

  test('is on 127.0.0.1, on a port of its own', async (context) => {
    const other = await receiveRedirect('other');
    context.after(() => other.close());
    assert.match(receiver.uri, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.notEqual(other.uri, receiver.uri);
  });

  test('can be called localhost, where a provider wants that', async (context) => {
    const other = await receiveRedirect('other', 'localhost');
    context.after(() => other.close());
    assert.match(other.uri, /^http:\/\/localhost:\d+\/$/);
  });

  test('gives the address that came, and tells the person to go back', async () => {
    const response = await get('?code=abc&state=the-state');
    assert.equal(response.status, 200);
    assert.match(await response.text(), /Postrider has the answer/);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
    const answer = await receiver.answer;
    assert.equal(answer.href, `${receiver.uri}?code=abc&state=the-state`);
  });

  const strangers: readonly (readonly [name: string, path: string, status: number, init?: RequestInit])[] = [
    ['another state', '?code=abc&state=The-state', 400],
    ['no state', '?code=abc', 400],
    ['an error without the state', '?error=access_denied', 400],
    ['another path', 'favicon.ico', 404],
    ['another path with the state', 'x?state=the-state', 404],
    ['another method', '?code=abc&state=the-state', 404, { method: 'POST' }],
    ['what a browser asks for before', '?code=abc&state=the-state', 404, { method: 'HEAD' }],
  ];
  for (const [name, path, status, init] of strangers) {
    test(`turns away ${name}, and waits on`, async () => {
      assert.equal((await get(path, init)).status, status);
      await get('?code=right&state=the-state');
      assert.equal((await receiver.answer).searchParams.get('code'), 'right');
    });
  }

  test('shows nothing of what came', async () => {
    const response = await get('?code=<script>&state=the-state&error_description=<b>');
    assert.doesNotMatch(await response.text(), /script|<b>/);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { ClientError, ResponseBodyError } from 'openid-client';
import { ProgramError } from '../../src/failure/index.ts';
import { oauthFailure } from '../../src/oauth/failure.ts';

const refusal = (error: string, error_description?: string): Error =>
  new ResponseBodyError('the server responded with an error in the response body', {
    cause: { error, ...(error_description === undefined ? {} : { error_description }) },
    response: new Response(null, { status: 400 }),
  });

const libraryError = (code: string, cause?: unknown): Error =>
  Object.assign(new ClientError('what the library says', { cause }), { code });

function failureOf(error: unknown): ProgramError {
  const failure = oauthFailure(error, 'sso.example.org', 'signing in');
  assert.ok(failure instanceof ProgramError, String(failure));
  return failure;
}

suite('what went wrong with an authorization server', () => {
  const codes: readonly (readonly [code: string, exit: number])[] = [
    ['access_denied', 77],
    ['authorization_declined', 77],
    ['expired_token', 77],
    ['invalid_grant', 77],
    ['something_new', 77],
    ['constructor', 77],
    ['__proto__', 77],
    ['invalid_client', 78],
    ['unauthorized_client', 78],
    ['invalid_scope', 78],
    ['unsupported_grant_type', 78],
    ['temporarily_unavailable', 75],
    ['server_error', 75],
  ];
  for (const [code, exit] of codes) {
    test(`${code}: ${exit}`, () => {
      const { exitCode, message, hint } = failureOf(refusal(code, 'The words of the server.'));
      assert.equal(exitCode, exit);
      assert.equal(
        message,
        `sso.example.org: while signing in: it was refused (${code}: The words of the server.)`,
      );
      assert.notEqual(hint ?? '', '');
    });
  }

  test('long words are cut, and lines are joined', () => {
    const { message } = failureOf(
      refusal('invalid_grant', `AADSTS70000: no.\r\nTrace ID: ${'x'.repeat(5000)}`),
    );
    assert.match(message, /AADSTS70000: no\. Trace ID: x+\)$/);
    assert.ok(message.length < 400);
  });

  test('no words', () => {
    assert.match(failureOf(refusal('access_denied')).message, /it was refused \(access_denied\)$/);
  });

  test('what the library threw is not kept: tokens may hang on it', () => {
    const cause = { access_token: 'sesame' };
    const error = libraryError('OAUTH_INVALID_RESPONSE', cause);
    const failure = failureOf(error);
    assert.equal(failure.exitCode, 76);
    assert.doesNotMatch(inspect(failure, { depth: 10 }), /sesame/);
  });

  test('what the library below says is said, and not what the server sent', () => {
    const property = Object.assign(new Error('"response" body "expires_in" property must be a number'), {
      code: 'OAUTH_INVALID_RESPONSE',
      cause: { body: { access_token: 'sesame' } },
    });
    assert.equal(
      failureOf(libraryError('OAUTH_INVALID_RESPONSE', property)).message,
      'sso.example.org: while signing in: "response" body "expires_in" property must be a number',
    );
    const parser = new SyntaxError('Unexpected token s in {"access_token": sesame');
    assert.doesNotMatch(failureOf(libraryError('OAUTH_PARSE_ERROR', parser)).message, /sesame/);
  });

  test('a page in place of an answer is called that', () => {
    const page = new Response('<html>', { status: 200 });
    const { message } = failureOf(libraryError('OAUTH_RESPONSE_IS_NOT_JSON', page));
    assert.match(message, /it answered with something that is no JSON$/);
  });

  test('no connection: 69, and why', () => {
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND sso.example.org'), { code: 'ENOTFOUND' });
    for (const error of [new TypeError('fetch failed', { cause }), new ClientError('something', { cause })]) {
      const { exitCode, message } = failureOf(error);
      assert.equal(exitCode, 69);
      assert.match(message, /it cannot be reached: getaddrinfo ENOTFOUND/);
    }
  });

  test('no answer in time: 75', () => {
    assert.equal(failureOf(libraryError('OAUTH_TIMEOUT')).exitCode, 75);
  });

  test('a bug stays one', () => {
    const bug = new TypeError('x is not a function');
    assert.equal(oauthFailure(bug, 'sso', 'signing in'), bug);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseResponseCode } from '../../src/protocol/index.ts';
import {
  type AuthenticationPlan,
  afterRefusal,
  mayBeExpired,
  mayReveal,
  nothingToTry,
  type Refusal,
  type RefusalMeaning,
} from '../../src/sasl/index.ts';

function refusalOf(mechanism: string, said: string, more: Partial<Refusal> = {}): Refusal {
  const { code, text } = parseResponseCode(said);
  return { mechanism, text, responseCode: code, revealed: true, ...more };
}

suite('after a refusal', () => {
  const sasl = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1', 'CRAM-MD5', 'PLAIN', 'LOGIN', 'XOAUTH2', 'EXTERNAL'];
  const every = [...sasl, 'APOP', 'USER'];
  const verdict = 'verdict';
  const unusable = 'mechanism-unusable';
  const rows: readonly (readonly [
    mechanisms: readonly string[],
    said: string,
    meaning: RefusalMeaning,
    more?: Partial<Refusal>,
  ])[] = [
    [every, '[IN-USE] locked', 'temporary'],
    [every, '[LOGIN-DELAY] wait', 'temporary'],
    [every, '[SYS/TEMP] try later', 'temporary'],
    [every, '[in-use] lower case', 'temporary'],
    [every, '[SYS/TEMP] try later', 'temporary', { revealed: false }],
    [every, '[AUTH] wrong', verdict],
    [every, '[AUTH] wrong', verdict, { revealed: false }],
    [every, '[AUTH] unknown command', verdict],
    [every, '[SYS/PERM] no maildrop', verdict],
    [every, '[SYS/PERM] no maildrop', verdict, { revealed: false }],
    // Nothing that depends on the secret was sent: it cannot have been judged.
    [every, 'no', unusable, { revealed: false }],
    [every, 'unknown command', unusable, { revealed: false }],
    // No code, and the secret was sent: the server may have judged it.
    [every, 'authentication failed', verdict],
    [every, '', verdict],
    [every, '[X-ODD] no', verdict],
    [every, 'invalid password', verdict],
    [every, 'your command of the password is bad', verdict],
    // It says that it means the mechanism.
    [[...sasl, 'APOP'], 'unknown command', unusable],
    [[...sasl, 'APOP'], 'Unrecognized authentication mechanism', unusable],
    [[...sasl, 'APOP'], 'unsupported mechanism', unusable],
    [[...sasl, 'APOP'], 'authentication method not supported', unusable],
    [['APOP'], 'APOP not available', unusable],
    [['APOP'], 'APOP is disabled', unusable],
    [['CRAM-MD5'], 'CRAM-MD5 is not enabled', unusable],
    // PASS is judged by every server.
    [['USER'], 'unknown command', verdict],
    [['USER'], 'no', verdict],
    // A token that was refused in the mechanism's own words.
    [['XOAUTH2', 'OAUTHBEARER'], 'no', verdict, { tokenError: { status: '400' } }],
    [['OAUTHBEARER'], 'unsupported mechanism', verdict, { tokenError: { status: 'invalid_token' } }],
  ];
  for (const [mechanisms, said, meaning, more = {}] of rows) {
    const circumstances = [
      more.revealed === false ? 'before the secret' : 'after the secret',
      ...(more.tokenError === undefined ? [] : ['token error']),
    ];
    test(`"${said}" (${circumstances.join(', ')}) to ${mechanisms.join(' ')}: ${meaning}`, () => {
      for (const mechanism of mechanisms) {
        assert.equal(afterRefusal(refusalOf(mechanism, said, more)), meaning, mechanism);
      }
    });
  }
});

suite('a fresh token is asked for', () => {
  const rows: readonly (readonly [name: string, said: string, more: Partial<Refusal>, expected: boolean])[] =
    [
      ['after invalid_token', 'no', { tokenError: { status: 'invalid_token' } }, true],
      ['after 400 and 401', 'no', { tokenError: { status: '401' } }, true],
      ['after [AUTH] without a word about the token', '[AUTH] no', {}, true],
      ['not where the scope is wrong', 'no', { tokenError: { status: 'insufficient_scope' } }, false],
      ['not where the server is in trouble', '[SYS/TEMP] no', {}, false],
      ['not where the account is', '[SYS/PERM] no', {}, false],
      ['not where the token was never sent', 'no', { revealed: false }, false],
    ];
  for (const [name, said, more, expected] of rows) {
    test(name, () => assert.equal(mayBeExpired(refusalOf('XOAUTH2', said, more)), expected));
  }
});

suite('a secret may be written', () => {
  for (const exposure of ['readable', 'digest', 'none'] as const) {
    for (const isProtected of [true, false]) {
      for (const allowCleartextPassword of [true, false]) {
        const expected = exposure !== 'readable' || isProtected || allowCleartextPassword;
        const name = `${exposure}, ${isProtected ? 'TLS' : 'no TLS'}, ${allowCleartextPassword ? 'allowed' : 'not allowed'}`;
        test(`${name}: ${expected}`, () => {
          assert.equal(mayReveal({ exposure, protected: isProtected, allowCleartextPassword }), expected);
        });
      }
    }
  }
});

suite('a plan without a step', () => {
  const planOf = (...left: AuthenticationPlan['left']): AuthenticationPlan => ({
    steps: [],
    left,
    warnings: [],
  });

  test('is unsafe where TLS is all that is missing: the error names what would allow it', () => {
    const plan = planOf(
      { name: 'PLAIN', cause: 'unprotected', reason: 'it is readable' },
      { name: 'USER', cause: 'unprotected', reason: 'it is readable' },
      { name: 'NTLM', cause: 'refused', reason: 'it is broken' },
    );
    const error = nothingToTry(plan);
    assert.equal(error.code, 'ERR_POP3_AUTHENTICATION_UNSAFE');
    assert.equal(error.plan, plan);
    assert.match(error.message, /^PLAIN, USER and PASS would send .* nothing was sent; NTLM: it is broken$/);
    assert.match(error.hint ?? '', /starttls.*allowCleartextPassword/);
    assert.equal(error.transient, false);
    assert.equal(error.fatal, false);
  });

  test('is unavailable otherwise: the error says why each is left', () => {
    const error = nothingToTry(
      planOf(
        { name: 'XOAUTH2', cause: 'no-credential', reason: 'it takes an access token, and none was given' },
        { name: 'LOGIN', cause: 'not-named', reason: 'it is not on the list' },
        { name: 'PLAIN', cause: 'not-named', reason: 'it is not on the list' },
      ),
    );
    assert.equal(error.code, 'ERR_POP3_AUTHENTICATION_UNAVAILABLE');
    assert.match(error.message, /XOAUTH2: it takes an access token, and none was given/);
    assert.match(error.message, /offered, but not asked for: LOGIN, PLAIN/);
    assert.match(error.hint ?? '', /credential/);
  });

  test('that is empty says that the server offers none', () => {
    assert.match(nothingToTry(planOf()).message, /the server offers none$/);
    assert.match(nothingToTry(planOf()).hint ?? '', /Ask whoever runs the server/);
  });

  test('shows what the server calls its mechanisms escaped and cut short', () => {
    const name = `\x1b[2J\u202e${'X'.repeat(5000)}`;
    for (const cause of ['unknown', 'not-named'] as const) {
      const { message } = nothingToTry(planOf({ name, cause, reason: 'it is odd' }));
      assert.match(message, /^[\x20-\x7e]+$/);
      assert.ok(message.length < 600);
    }
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Capabilities } from '../../src/protocol/index.ts';
import { type LeftCause, type PlanInput, planAuthentication, ways } from '../../src/sasl/index.ts';

interface Circumstances {
  readonly capa?: readonly string[] | 'unknown';
  readonly timestamp?: boolean;
  readonly tls?: boolean;
  readonly binding?: boolean;
  readonly given?: readonly ('password' | 'token' | 'certificate')[];
  readonly only?: PlanInput['mechanisms'];
  readonly allowed?: boolean;
}

function planOf(circumstances: Circumstances) {
  const { capa = [], given = ['password'] } = circumstances;
  return planAuthentication({
    capabilities: capa === 'unknown' ? undefined : new Capabilities(capa),
    timestamp: circumstances.timestamp ? '<1@example.org>' : undefined,
    protected: circumstances.tls ?? false,
    channelBinding: circumstances.binding ?? false,
    credentials: {
      password: given.includes('password'),
      accessToken: given.includes('token'),
      clientCertificate: given.includes('certificate'),
    },
    mechanisms: circumstances.only,
    allowCleartextPassword: circumstances.allowed ?? false,
  });
}

suite('why a way is left', () => {
  const rows: readonly (readonly [
    name: string,
    way: string,
    circumstances: Circumstances,
    cause: LeftCause,
    reason: RegExp,
  ])[] = [
    [
      'no TLS, a password',
      'PLAIN',
      { capa: ['SASL PLAIN'] },
      'unprotected',
      /password readable.*allowCleartextPassword/,
    ],
    ['no TLS, USER', 'USER', { capa: ['USER'] }, 'unprotected', /allowCleartextPassword/],
    ['no TLS, USER, no CAPA', 'USER', { capa: 'unknown' }, 'unprotected', /allowCleartextPassword/],
    [
      'no TLS, a token',
      'XOAUTH2',
      { capa: ['SASL XOAUTH2'], given: ['token'] },
      'unprotected',
      /token readable.*allowCleartextPassword/,
    ],
    ['no TLS, on the list', 'LOGIN', { capa: ['SASL LOGIN'], only: ['login'] }, 'unprotected', /no TLS/],
    [
      'no binding',
      'SCRAM-SHA-256-PLUS',
      { capa: ['SASL SCRAM-SHA-256-PLUS'], tls: true },
      'no-channel-binding',
      /channel binding/,
    ],
    ['no token', 'XOAUTH2', { capa: ['SASL XOAUTH2'], tls: true }, 'no-credential', /access token/],
    [
      'no password',
      'PLAIN',
      { capa: ['SASL PLAIN'], tls: true, given: ['token'] },
      'no-credential',
      /password/,
    ],
    [
      'no certificate',
      'EXTERNAL',
      { capa: ['SASL EXTERNAL'], tls: true },
      'no-credential',
      /client certificate/,
    ],
    [
      'a certificate besides a password',
      'EXTERNAL',
      { capa: ['SASL EXTERNAL'], tls: true, given: ['password', 'certificate'] },
      'superseded',
      /name EXTERNAL/,
    ],
    [
      'anonymous, not asked for',
      'ANONYMOUS',
      { capa: ['SASL ANONYMOUS'], tls: true },
      'not-named',
      /name it/,
    ],
    [
      'offered, not on the list',
      'PLAIN',
      { capa: ['SASL PLAIN LOGIN'], tls: true, only: ['login'] },
      'not-named',
      /not on the list/,
    ],
    [
      'APOP, not on the list',
      'APOP',
      { capa: ['USER'], timestamp: true, tls: true, only: ['user'] },
      'not-named',
      /not on the list/,
    ],
    [
      'on the list, not offered',
      'CRAM-MD5',
      { capa: ['SASL PLAIN'], tls: true, only: ['cram-md5'] },
      'not-offered',
      /does not offer/,
    ],
    ['APOP on the list, no timestamp', 'APOP', { tls: true, only: ['apop'] }, 'not-offered', /timestamp/],
    [
      'XOAUTH2, no CAPA, no token',
      'XOAUTH2',
      { capa: 'unknown', tls: true },
      'no-credential',
      /access token/,
    ],
    [
      'DIGEST-MD5',
      'DIGEST-MD5',
      { capa: ['SASL DIGEST-MD5'], tls: true },
      'refused',
      /RFC 6331.*SCRAM-SHA-256/,
    ],
    [
      'DIGEST-MD5, though it is on the list',
      'DIGEST-MD5',
      { capa: ['SASL DIGEST-MD5'], tls: true, only: ['digest-md5'] },
      'refused',
      /historic/,
    ],
    ['NTLM', 'NTLM', { capa: ['SASL NTLM'], tls: true }, 'refused', /OAUTHBEARER/],
    ['GSSAPI', 'GSSAPI', { capa: ['SASL GSSAPI'], tls: true }, 'refused', /Kerberos/],
    ['GSS-SPNEGO', 'GSS-SPNEGO', { capa: ['SASL GSS-SPNEGO'], tls: true }, 'refused', /Kerberos/],
    ['one that nobody knows', 'X-OWN', { capa: ['SASL X-OWN'], tls: true }, 'unknown', /X-OWN is not/],
    [
      'one that nobody knows, on the list',
      'X-OWN',
      { capa: ['SASL X-OWN'], tls: true, only: ['x-own'] },
      'unknown',
      /not a way/,
    ],
  ];
  for (const [name, way, circumstances, cause, reason] of rows) {
    test(`${name}: ${cause}`, () => {
      const plan = planOf(circumstances);
      const left = plan.left.filter((one) => one.name === way);
      assert.deepEqual(
        left.map((one) => one.cause),
        [cause],
      );
      assert.match(left[0]?.reason ?? '', reason);
      assert.ok(plan.steps.every((step) => step.name !== way));
    });
  }
});

suite('why a way is taken', () => {
  const rows: readonly (readonly [way: string, circumstances: Circumstances, reason: RegExp])[] = [
    ['OAUTHBEARER', { capa: ['SASL OAUTHBEARER'], tls: true, given: ['token'] }, /access token was given/],
    ['EXTERNAL', { capa: ['SASL EXTERNAL'], tls: true, given: ['certificate'] }, /certificate/],
    ['SCRAM-SHA-1-PLUS', { capa: ['SASL SCRAM-SHA-1-PLUS'], tls: true, binding: true }, /in between/],
    ['SCRAM-SHA-256', { capa: ['SASL SCRAM-SHA-256'] }, /proves/],
    ['PLAIN', { capa: ['SASL PLAIN'], tls: true }, /TLS protects/],
    ['PLAIN', { capa: ['SASL PLAIN'], allowed: true }, /was allowed/],
    ['CRAM-MD5', { capa: ['SASL CRAM-MD5'] }, /not sent/],
    ['CRAM-MD5', { capa: ['SASL CRAM-MD5'], tls: true }, /digest/],
    ['USER', { capa: ['TOP'], tls: true }, /most know this one/],
    ['PLAIN', { capa: ['SASL PLAIN'], tls: true, only: ['plain'] }, /asked for/],
    ['USER', { capa: [], tls: true, only: ['user'] }, /asked for/],
    ['XOAUTH2', { capa: ['SASL PLAIN'], tls: true, given: ['token'], only: ['xoauth2'] }, /asked for/],
  ];
  for (const [way, circumstances, reason] of rows) {
    test(`${way}: ${reason.source}`, () => {
      const [first] = planOf(circumstances).steps;
      assert.equal(first?.name, way);
      assert.match(first.reason, reason);
    });
  }
});

suite('the warnings', () => {
  const rows: readonly (readonly [
    name: string,
    circumstances: Circumstances,
    expected: readonly RegExp[],
  ])[] = [
    ['none inside TLS', { capa: ['SASL PLAIN CRAM-MD5'], tls: true }, []],
    ['none where nothing is sent', { capa: ['SASL PLAIN'] }, []],
    ['readable', { capa: ['SASL PLAIN'], allowed: true }, [/no TLS/, /is sent readable$/]],
    ['digest', { capa: ['SASL CRAM-MD5'] }, [/no TLS/, /try passwords/]],
    [
      'digest, then readable',
      { capa: ['SASL CRAM-MD5 PLAIN'], allowed: true },
      [/no TLS/, /readable where the server refuses/, /try passwords/],
    ],
  ];
  for (const [name, circumstances, expected] of rows) {
    test(name, () => {
      const { warnings } = planOf(circumstances);
      assert.equal(warnings.length, expected.length);
      for (const [index, pattern] of expected.entries()) assert.match(warnings[index] ?? '', pattern);
    });
  }
});

test('a mechanism of the caller’s own is planned like ours, and kept to its rules', () => {
  const own = { name: 'X-OWN', exposure: 'readable', needs: 'password', channelBinding: false } as const;
  const offered = { capa: ['SASL X-OWN PLAIN'], only: [own] };
  assert.deepEqual(
    planOf({ ...offered, tls: true }).steps.map(({ name }) => name),
    ['X-OWN'],
  );
  assert.deepEqual(planOf(offered).steps, []);
  assert.equal(planOf(offered).left[0]?.cause, 'unprotected');
});

test('names of mechanisms are the server’s: they are told escaped', () => {
  const plan = planOf({ capa: ['SASL \x1b[2J\u202eX'], tls: true });
  assert.match(plan.left[0]?.reason ?? '', /^[\x20-\x7e]+$/);
});

test('one way is told once, taken or left, however often it is offered or named', () => {
  const plan = planOf({
    capa: ['SASL PLAIN plain NTLM ntlm', 'SASL PLAIN', 'USER'],
    tls: true,
    only: ['plain', 'PLAIN', 'ntlm', 'NTLM'],
  });
  const names = [...plan.steps, ...plan.left].map(({ name }) => name);
  assert.deepEqual(names, ['PLAIN', 'NTLM', 'USER']);
});

// Every way by every circumstance: what must never be planned.
test('no plan breaks the rules that do not depend on the server', () => {
  const flags = [true, false];
  const given = [[], ['password'], ['token'], ['certificate'], ['password', 'token', 'certificate']] as const;
  const capa = ['USER', `SASL ${[...ways.keys()].join(' ')} NTLM`];
  for (const tls of flags) {
    for (const binding of flags) {
      for (const allowed of flags) {
        for (const credentials of given) {
          for (const only of [undefined, ...[...ways.keys()].map((name) => [name])]) {
            const plan = planOf({ capa, timestamp: true, tls, binding, allowed, given: credentials, only });
            for (const { name, exposure } of plan.steps) {
              const way = ways.get(name);
              assert.ok(way, name);
              assert.ok(tls || allowed || exposure !== 'readable', `${name} is readable`);
              assert.ok(binding || !name.endsWith('-PLUS'), `${name} has nothing to bind to`);
              assert.ok(only === undefined || only.includes(name), `${name} was not named`);
              const needed = {
                password: 'password',
                accessToken: 'token',
                certificate: 'certificate',
              } as const;
              const has: readonly string[] = credentials;
              assert.ok(
                way.needs === 'nothing' || has.includes(needed[way.needs]),
                `${name} lacks its credential`,
              );
            }
          }
        }
      }
    }
  }
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Capabilities } from '../../src/protocol/index.ts';
import { nothingToTry, type PlanInput, planAuthentication } from '../../src/sasl/index.ts';

// One row: what the server offers | what is given | the plan with TLS | the plan without | without, readable allowed.
// S: SASL mechanisms, U: USER, A: a timestamp for APOP; `?`: CAPA is not known. -: nothing; it must be refused.
const everything =
  'SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512 CRAM-MD5 PLAIN LOGIN OAUTHBEARER XOAUTH2 EXTERNAL ANONYMOUS';
const scrams = 'SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1';

const rows: readonly (readonly [offer: string, given: string, tls: string, open: string, allowed: string])[] =
  [
    ['U', 'password', 'USER', '-', 'USER'],
    ['', 'password', 'USER', '-', 'USER'],
    ['?', 'password', 'USER', '-', 'USER'],
    ['? A', 'password', 'USER APOP', 'APOP', 'APOP USER'],
    ['A', 'password', 'APOP', 'APOP', 'APOP'],
    ['U A', 'password', 'USER APOP', 'APOP', 'APOP USER'],
    ['PLAIN', 'password', 'PLAIN', '-', 'PLAIN'],
    ['LOGIN', 'password', 'LOGIN', '-', 'LOGIN'],
    ['LOGIN PLAIN U', 'password', 'PLAIN LOGIN USER', '-', 'PLAIN LOGIN USER'],
    ['CRAM-MD5', 'password', 'CRAM-MD5', 'CRAM-MD5', 'CRAM-MD5'],
    ['CRAM-MD5 A', 'password', 'CRAM-MD5 APOP', 'CRAM-MD5 APOP', 'CRAM-MD5 APOP'],
    [
      'CRAM-MD5 PLAIN U A',
      'password',
      'PLAIN USER CRAM-MD5 APOP',
      'CRAM-MD5 APOP',
      'CRAM-MD5 APOP PLAIN USER',
    ],
    ['SCRAM-SHA-1', 'password', 'SCRAM-SHA-1', 'SCRAM-SHA-1', 'SCRAM-SHA-1'],
    [
      'SCRAM-SHA-1 SCRAM-SHA-256',
      'password',
      'SCRAM-SHA-256 SCRAM-SHA-1',
      'SCRAM-SHA-256 SCRAM-SHA-1',
      'SCRAM-SHA-256 SCRAM-SHA-1',
    ],
    [
      'SCRAM-SHA-256 PLAIN U',
      'password',
      'SCRAM-SHA-256 PLAIN USER',
      'SCRAM-SHA-256',
      'SCRAM-SHA-256 PLAIN USER',
    ],
    ['SCRAM-SHA-256-PLUS SCRAM-SHA-256', 'password', 'SCRAM-SHA-256', 'SCRAM-SHA-256', 'SCRAM-SHA-256'],
    ['SCRAM-SHA-256-PLUS SCRAM-SHA-256', 'password binding', 'SCRAM-SHA-256-PLUS SCRAM-SHA-256', '', ''],
    ['SCRAM-SHA-1-PLUS SCRAM-SHA-512', 'password binding', 'SCRAM-SHA-1-PLUS SCRAM-SHA-512', '', ''],
    ['SCRAM-SHA-256-PLUS', 'password', '-USER', '-', '-USER'],
    ['DIGEST-MD5 NTLM GSSAPI', 'password', '-USER', '-', '-USER'],
    ['X-UNKNOWN', 'password', '-USER', '-', '-USER'],
    ['OAUTHBEARER', 'token', 'OAUTHBEARER', '-', 'OAUTHBEARER'],
    ['XOAUTH2', 'token', 'XOAUTH2', '-', 'XOAUTH2'],
    ['XOAUTH2 OAUTHBEARER PLAIN', 'token', 'OAUTHBEARER XOAUTH2', '-', 'OAUTHBEARER XOAUTH2'],
    ['PLAIN U', 'token', '-', '-', '-'],
    ['', 'token', '-', '-', '-'],
    ['?', 'token', 'XOAUTH2', '-', 'XOAUTH2'],
    ['XOAUTH2 PLAIN U', 'token password', 'XOAUTH2 PLAIN USER', '-', 'XOAUTH2 PLAIN USER'],
    ['PLAIN', 'token password', 'PLAIN', '-', 'PLAIN'],
    ['EXTERNAL', 'certificate', 'EXTERNAL', 'EXTERNAL', 'EXTERNAL'],
    ['EXTERNAL PLAIN', 'certificate password', 'PLAIN', '-', 'PLAIN'],
    ['EXTERNAL', '', '-', '-', '-'],
    ['ANONYMOUS', '', '-', '-', '-'],
    ['ANONYMOUS PLAIN', 'password', 'PLAIN', '-', 'PLAIN'],
    [
      everything,
      'password',
      `${scrams} PLAIN LOGIN CRAM-MD5`,
      `${scrams} CRAM-MD5`,
      `${scrams} CRAM-MD5 PLAIN LOGIN`,
    ],
    [everything, 'token', 'OAUTHBEARER XOAUTH2', '-', 'OAUTHBEARER XOAUTH2'],
    [everything, 'certificate', 'EXTERNAL', 'EXTERNAL', 'EXTERNAL'],
    [
      `${everything} U A`,
      'password',
      `${scrams} PLAIN LOGIN USER CRAM-MD5 APOP`,
      `${scrams} CRAM-MD5 APOP`,
      `${scrams} CRAM-MD5 APOP PLAIN LOGIN USER`,
    ],
    // A list that the caller names is never widened, and kept in its order.
    ['PLAIN U', 'password only:PLAIN', 'PLAIN', '-', 'PLAIN'],
    ['PLAIN U', 'password only:USER', 'USER', '-', 'USER'],
    ['PLAIN', 'password only:USER', 'USER', '-', 'USER'],
    ['PLAIN U', 'password only:LOGIN', '-', '-', '-'],
    ['PLAIN U', 'password only:CRAM-MD5', '-', '-', '-'],
    ['PLAIN CRAM-MD5', 'password only:CRAM-MD5', 'CRAM-MD5', 'CRAM-MD5', 'CRAM-MD5'],
    ['PLAIN LOGIN', 'password only:LOGIN,PLAIN', 'LOGIN PLAIN', '-', 'LOGIN PLAIN'],
    ['PLAIN A', 'password only:APOP', 'APOP', 'APOP', 'APOP'],
    ['PLAIN', 'password only:APOP', '-', '-', '-'],
    ['PLAIN', 'password only:DIGEST-MD5', '-', '-', '-'],
    ['PLAIN', 'password only:NTLM,PLAIN', 'PLAIN', '-', 'PLAIN'],
    ['PLAIN', 'password only:X-OWN', '-', '-', '-'],
    ['PLAIN', 'token only:XOAUTH2', 'XOAUTH2', '-', 'XOAUTH2'],
    ['PLAIN', 'password only:XOAUTH2', '-', '-', '-'],
    ['?', 'password only:PLAIN', 'PLAIN', '-', 'PLAIN'],
    ['?', 'password only:SCRAM-SHA-256', 'SCRAM-SHA-256', 'SCRAM-SHA-256', 'SCRAM-SHA-256'],
    ['ANONYMOUS', 'only:ANONYMOUS', 'ANONYMOUS', 'ANONYMOUS', 'ANONYMOUS'],
    ['EXTERNAL PLAIN', 'certificate password only:EXTERNAL', 'EXTERNAL', 'EXTERNAL', 'EXTERNAL'],
    ['EXTERNAL', 'password only:EXTERNAL', '-', '-', '-'],
    ['SCRAM-SHA-256-PLUS', 'password only:SCRAM-SHA-256-PLUS', '-', '-', '-'],
    ['SCRAM-SHA-256-PLUS', 'password binding only:scram-sha-256-plus', 'SCRAM-SHA-256-PLUS', '', ''],
    ['PLAIN', 'password only:plain,PLAIN', 'PLAIN', '-', 'PLAIN'],
    ['LOGIN U A', 'password', 'LOGIN USER APOP', 'APOP', 'APOP LOGIN USER'],
    [
      'SCRAM-SHA-512 LOGIN A',
      'password',
      'SCRAM-SHA-512 LOGIN APOP',
      'SCRAM-SHA-512 APOP',
      'SCRAM-SHA-512 APOP LOGIN',
    ],
    ['scram-sha-256 plain', 'password', 'SCRAM-SHA-256 PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-256 PLAIN'],
    ['XOAUTH2 CRAM-MD5', 'token password', 'XOAUTH2 CRAM-MD5', 'CRAM-MD5', 'XOAUTH2 CRAM-MD5'],
    ['PLAIN U', '', '-', '-', '-'],
    ['?', '', '-', '-', '-'],
    ['A', 'token', '-', '-', '-'],
    ['OAUTHBEARER', 'password', '-USER', '-', '-USER'],
  ];

function inputOf(offer: string, given: string, isProtected: boolean, allow: boolean): PlanInput {
  const words = offer.split(' ').filter((word) => word !== '');
  const sasl = words.filter((word) => word.length > 1);
  const lines = [
    ...(words.includes('U') ? ['USER'] : []),
    ...(sasl.length > 0 ? [`SASL ${sasl.join(' ')}`] : []),
  ];
  const only = /only:(\S+)/.exec(given)?.[1];
  return {
    capabilities: words.includes('?') ? undefined : new Capabilities(lines),
    timestamp: words.includes('A') ? '<1@example.org>' : undefined,
    protected: isProtected,
    channelBinding: given.includes('binding'),
    credentials: {
      password: given.includes('password'),
      accessToken: given.includes('token'),
      clientCertificate: given.includes('certificate'),
    },
    mechanisms: only?.split(','),
    allowCleartextPassword: allow,
  };
}

suite('the plan of a login', () => {
  let count = 0;
  for (const [offer, given, tls, open, allowed] of rows) {
    for (const [name, expected, isProtected, allow] of [
      ['TLS', tls, true, false],
      ['TLS, readable allowed', tls, true, true],
      ['no TLS', open, false, false],
      ['no TLS, readable allowed', allowed, false, true],
    ] as const) {
      if (expected === '') continue;
      count++;
      test(`${offer || 'nothing'} | ${given || 'nothing'} | ${name}: ${expected}`, () => {
        const input = inputOf(offer, given, isProtected, allow);
        const plan = planAuthentication(input);
        const names = plan.steps.map((step) => step.name);
        // `-USER`: only the last resort is left, which is not listed.
        assert.deepEqual(names, expected === '-' ? [] : expected.replace(/^-/, '').split(' '));
        for (const { reason } of [...plan.steps, ...plan.left]) assert.ok(reason.length > 10);
        assert.equal(
          new Set([...names, ...plan.left.map((left) => left.name)]).size,
          names.length + plan.left.length,
        );
        for (const step of plan.steps) {
          assert.ok(isProtected || allow || step.exposure !== 'readable', `${step.name} would be readable`);
        }
        if (names.length > 0) return;
        const error = nothingToTry(plan);
        assert.equal(
          error.name === 'AuthenticationUnsafeError',
          plan.left.some(({ cause }) => cause === 'unprotected'),
        );
      });
    }
  }
  test('there are at least 200 rows', () => assert.ok(count >= 200, String(count)));
});

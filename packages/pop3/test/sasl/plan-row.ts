// One row of plan.table: what is offered | what is given | the protection | what is taken and why | what is left and why.
import { Capabilities } from '../../src/protocol/index.ts';
import { type AuthenticationPlan, type PlanInput, planAuthentication } from '../../src/sasl/index.ts';

/** The circumstances that a row's first three columns describe. */
export function inputOfRow(offer: string, given: string, protection: string): PlanInput {
  const words = offer.split(' ').filter((word) => word !== 'nothing');
  const sasl = words.filter((word) => word.length > 1);
  const lines = [
    ...(words.includes('U') ? ['USER'] : []),
    ...(sasl.length > 0 ? [`SASL ${sasl.join(' ')}`] : []),
  ];
  const only = /only:(\S+)/.exec(given)?.[1];
  return {
    capabilities: words.includes('?') ? undefined : new Capabilities(lines),
    timestamp: words.includes('A') ? '<1@example.org>' : undefined,
    protected: protection === 'tls',
    channelBinding: given.includes('binding'),
    credentials: {
      user: given.includes('spaces') ? 'ann smith' : 'ann',
      actsAsAnother: given.includes('act-as'),
      password: given.includes('password'),
      accessToken: given.includes('token'),
      clientCertificate: given.includes('certificate'),
    },
    mechanisms: only?.split(','),
    allowCleartextPassword: protection === 'allowed',
  };
}

export function planOfRow(offer: string, given: string, protection: string): AuthenticationPlan {
  return planAuthentication(inputOfRow(offer, given, protection));
}

// What the sentences for people say, in a word.
const reasons: readonly (readonly [reason: RegExp, word: string])[] = [
  [/access token was given/, 'token'],
  [/client certificate says/, 'certificate'],
  [/nobody is in between/, 'bound'],
  [/server proves/, 'proof'],
  [/must keep the password readable/, 'digest-in-tls'],
  [/itself is not sent/, 'digest'],
  [/TLS protects/, 'tls'],
  [/readable was allowed/, 'allowed'],
  [/asked for/, 'named'],
  [/lists no way/, 'unlisted'],
];

/** A plan as the last two columns have it. */
export function summarize({ steps, left }: AuthenticationPlan): string {
  const taken = steps.map(
    ({ name, reason }) => `${name}:${reasons.find(([pattern]) => pattern.test(reason))?.[1] ?? reason}`,
  );
  const rest = left.map(({ name, cause }) => `${name}:${cause}`);
  return `${taken.join(' ') || '-'} | ${rest.join(' ') || '-'}`;
}

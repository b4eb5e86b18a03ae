import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { Capabilities } from '../../src/protocol/index.ts';
import { type AuthenticationPlan, type PlanInput, planAuthentication } from '../../src/sasl/index.ts';
import { broken, type Circumstances, known, type Outcome, refused, ruleNames, shows } from './plan-rule.ts';

const flags = [false, true] as const;
const universe = [...known, ...refused.slice(0, 2), 'X-OWN'];

const real = [
  { tls: true, binding: false, allowed: false },
  { tls: true, binding: true, allowed: false },
  { tls: true, binding: true, allowed: true },
  { tls: false, binding: false, allowed: false },
  { tls: false, binding: false, allowed: true },
] as const;
/** Without TLS there is nothing to bind to: a plan is not to believe it. */
const unreal = [
  { tls: false, binding: true, allowed: false },
  { tls: false, binding: true, allowed: true },
] as const;

type Protection = (typeof real)[number] | (typeof unreal)[number];

const credentials = flags.flatMap((password) =>
  flags.flatMap((token) => flags.map((certificate) => ({ password, token, certificate }))),
);

const users = [
  { actsAsAnother: false, userHasSpaces: false },
  { actsAsAnother: true, userHasSpaces: false },
  { actsAsAnother: false, userHasSpaces: true },
] as const;

function subsets(names: readonly string[]): string[][] {
  return names.reduce<string[][]>((found, name) => found.flatMap((one) => [one, [...one, name]]), [[]]);
}

/** None, each, each two, all, all but one. */
function fewOrMost(names: readonly string[]): string[][] {
  const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other]));
  const most = names.map((one) => names.filter((other) => other !== one));
  return [[], ...names.map((one) => [one]), ...pairs, [...names], ...most];
}

/** What a server offers; APOP is offered by its greeting. */
interface Offer {
  readonly listed: readonly string[] | undefined;
  readonly timestamp: boolean;
  readonly capabilities: Capabilities | undefined;
}

function offerOf(names: readonly string[] | undefined, timestamp = names?.includes('APOP') === true): Offer {
  if (names === undefined) return { listed: undefined, timestamp, capabilities: undefined };
  const listed = names.filter((name) => name !== 'APOP');
  // In the opposite order, and one of them twice: neither is to matter.
  const words = [...listed.filter((name) => name !== 'USER').reverse(), ...listed.slice(0, 1)];
  const lines = [
    ...(listed.includes('USER') ? ['USER'] : []),
    ...(words.length > 0 ? [`SASL ${words.filter((name) => name !== 'USER').join(' ')}`] : []),
  ];
  return { listed, timestamp, capabilities: new Capabilities(lines) };
}

function planOf(circumstances: Circumstances, capabilities: Capabilities | undefined): AuthenticationPlan {
  const { only, password, token, certificate } = circumstances;
  const input: PlanInput = {
    capabilities,
    timestamp: circumstances.timestamp ? '<1@example.org>' : undefined,
    protected: circumstances.tls,
    channelBinding: circumstances.binding,
    credentials: {
      user: circumstances.userHasSpaces ? 'ann smith' : 'ann',
      actsAsAnother: circumstances.actsAsAnother,
      password,
      accessToken: token,
      clientCertificate: certificate,
    },
    // Lower case, and the first one twice: neither is to matter.
    mechanisms: only && [...only.map((name) => name.toLowerCase()), ...only.slice(0, 1)],
    allowCleartextPassword: circumstances.allowed,
  };
  return planAuthentication(input);
}

const outcomeOf = ({ steps, left }: AuthenticationPlan): Outcome => ({
  taken: steps.map(({ name }) => name),
  left: left.map(({ name, cause }) => [name, cause]),
});

/** What a plan says besides what it takes. */
function misled({ tls }: Circumstances, { steps, left, warnings }: AuthenticationPlan): string | undefined {
  const wrong = steps.find(({ name, exposure }) => exposure !== shows(name));
  if (wrong !== undefined) return `${wrong.name} is said to be ${wrong.exposure}`;
  const mute = [...steps, ...left].find(({ reason }) => reason.length <= 10);
  if (mute !== undefined) return `${mute.name} has no reason`;
  if (tls || steps.length === 0) return warnings.length === 0 ? undefined : 'a warning without a cause';
  const readable = steps.some(({ exposure }) => exposure === 'readable');
  const warned = warnings.some((one) => one.includes('is sent readable'));
  return warnings[0]?.includes('no TLS') === true && warned === readable ? undefined : 'a warning is missing';
}

const honest = 'exposures, reasons and warnings are told as they are';

/** Plans for all circumstances, and gives the first that breaks each rule. */
function examine(
  offers: readonly Offer[],
  lists: readonly (readonly string[] | undefined)[],
  protections: readonly Protection[],
) {
  const found = new Map<string, string>();
  let plans = 0;
  for (const { capabilities, ...offer } of offers) {
    for (const only of lists) {
      for (const protection of protections) {
        for (const credential of credentials) {
          for (const user of users) {
            const circumstances = { ...offer, ...protection, ...credential, ...user, only };
            const plan = planOf(circumstances, capabilities);
            plans++;
            const breaks = broken(circumstances, outcomeOf(plan));
            const lie = misled(circumstances, plan);
            for (const [rule, by] of lie === undefined ? breaks : [...breaks, [honest, lie] as const]) {
              if (found.has(rule)) continue;
              found.set(rule, `${by}: ${JSON.stringify(circumstances)} gives ${JSON.stringify(plan)}`);
            }
          }
        }
      }
    }
  }
  return { found, plans };
}

function holds(name: string, least: number, { found, plans }: ReturnType<typeof examine>): void {
  suite(`${name}, in each of ${plans} circumstances`, () => {
    test('there are as many as there should be', () => assert.ok(plans >= least, String(plans)));
    for (const rule of [...ruleNames, honest]) {
      test(rule, () => assert.equal(found.get(rule), undefined));
    }
  });
}

// One of each kind, in all combinations; and of all ways, what two of them have to do with each other.
const kinds = [
  'XOAUTH2',
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-1',
  'PLAIN',
  'USER',
  'CRAM-MD5',
  'APOP',
  'EXTERNAL',
];
const offers = [
  ...[...subsets(kinds), ...fewOrMost(universe)].map((names) => offerOf(names)),
  ...flags.map((timestamp) => offerOf(undefined, timestamp)),
];
holds('without a list', 75_000, examine(offers, [undefined], [...real, ...unreal]));

const two = known.flatMap((one) => known.filter((other) => other !== one).map((other) => [one, other]));
const lists = [[], ...universe.map((name) => [name]), ...two, [...known].reverse(), universe];
const fewOffers = [
  offerOf([]),
  offerOf(universe),
  offerOf(['PLAIN', 'APOP', 'X-OWN']),
  offerOf(undefined, true),
];
holds('with a list', 100_000, examine(fewOffers, lists, real));

suite('plan.table keeps to the rules', () => {
  const rows = readFileSync(new URL('./plan.table', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  test('there are rows', () => assert.ok(rows.length >= 200));
  for (const row of rows) {
    test(row.slice(0, 200), () => {
      const [offer = '', given = '', protection = '', taken = '', left = ''] = row.split(' | ');
      const offered = offer.toUpperCase().split(' ');
      const has = given.split(' ');
      const only = /only:(\S+)/.exec(given)?.[1]?.toUpperCase().split(',');
      const pairs = (column: string): [string, string][] =>
        column === '-'
          ? []
          : column.split(' ').map((word) => [word.split(':')[0] ?? '', word.split(':')[1] ?? '']);
      const circumstances: Circumstances = {
        listed: offered.includes('?')
          ? undefined
          : offered.flatMap((word) =>
              word === 'U' ? ['USER'] : word === 'A' || word === 'NOTHING' ? [] : [word],
            ),
        timestamp: offered.includes('A'),
        tls: protection === 'tls',
        binding: has.includes('binding'),
        allowed: protection === 'allowed',
        password: has.includes('password'),
        token: has.includes('token'),
        certificate: has.includes('certificate'),
        actsAsAnother: has.includes('act-as'),
        userHasSpaces: has.includes('spaces'),
        only: only && [...new Set(only)],
      };
      const outcome = { taken: pairs(taken).map(([name]) => name), left: pairs(left) };
      assert.deepEqual(broken(circumstances, outcome), []);
    });
  }
});

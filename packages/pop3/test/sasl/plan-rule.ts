// The rules of a login's plan, as they were decided: written down a second time, with nothing of what makes plans.

/** All that a plan may depend on. */
export interface Circumstances {
  /** What CAPA lists: SASL mechanisms, and USER; undefined where the server does not know CAPA. */
  readonly listed: readonly string[] | undefined;
  readonly timestamp: boolean;
  readonly tls: boolean;
  readonly binding: boolean;
  /** The caller lets readable secrets go out without TLS. */
  readonly allowed: boolean;
  readonly password: boolean;
  readonly token: boolean;
  readonly certificate: boolean;
  readonly actsAsAnother: boolean;
  readonly userHasSpaces: boolean;
  /** The caller's list, in upper case, each once. */
  readonly only: readonly string[] | undefined;
}

export interface Outcome {
  readonly taken: readonly string[];
  readonly left: readonly (readonly [name: string, cause: string])[];
}

interface Fact {
  readonly takes: 'password' | 'token' | 'certificate' | 'nothing';
  readonly shows: 'readable' | 'digest' | 'none';
  /** It can carry an identity to act as. */
  readonly identity: boolean;
}

const facts: ReadonlyMap<string, Fact> = new Map([
  ['OAUTHBEARER', { takes: 'token', shows: 'readable', identity: true }],
  ['XOAUTH2', { takes: 'token', shows: 'readable', identity: false }],
  ['SCRAM-SHA-512-PLUS', { takes: 'password', shows: 'digest', identity: true }],
  ['SCRAM-SHA-256-PLUS', { takes: 'password', shows: 'digest', identity: true }],
  ['SCRAM-SHA-1-PLUS', { takes: 'password', shows: 'digest', identity: true }],
  ['SCRAM-SHA-512', { takes: 'password', shows: 'digest', identity: true }],
  ['SCRAM-SHA-256', { takes: 'password', shows: 'digest', identity: true }],
  ['SCRAM-SHA-1', { takes: 'password', shows: 'digest', identity: true }],
  ['PLAIN', { takes: 'password', shows: 'readable', identity: true }],
  ['LOGIN', { takes: 'password', shows: 'readable', identity: false }],
  ['USER', { takes: 'password', shows: 'readable', identity: false }],
  ['CRAM-MD5', { takes: 'password', shows: 'digest', identity: false }],
  ['APOP', { takes: 'password', shows: 'digest', identity: false }],
  ['EXTERNAL', { takes: 'certificate', shows: 'none', identity: true }],
  ['ANONYMOUS', { takes: 'nothing', shows: 'none', identity: false }],
]);

export const known: readonly string[] = [...facts.keys()];
export const refused: readonly string[] = [
  'DIGEST-MD5',
  'NTLM',
  'GSSAPI',
  'GSS-SPNEGO',
  'GS2-KRB5',
  'KERBEROS_V4',
];

const proofs = [
  'SCRAM-SHA-512-PLUS',
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-512',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
];
const orderInsideTls = ['OAUTHBEARER', 'XOAUTH2', ...proofs, 'PLAIN', 'LOGIN', 'USER', 'CRAM-MD5', 'APOP'];
const orderOutsideTls = ['OAUTHBEARER', 'XOAUTH2', ...proofs, 'CRAM-MD5', 'APOP', 'PLAIN', 'LOGIN', 'USER'];

/** How far a way shows the secret that it takes. */
export const shows = (name: string): string | undefined => facts.get(name)?.shows;

function given(circumstances: Circumstances, takes: Fact['takes']): boolean {
  if (takes === 'nothing') return true;
  // Without TLS there is no such thing.
  return takes === 'certificate' ? circumstances.tls && circumstances.certificate : circumstances[takes];
}

const isBound = (name: string): boolean => name.endsWith('-PLUS');
const canBind = ({ tls, binding }: Circumstances): boolean => tls && binding;
const mayBeRead = ({ tls, allowed }: Circumstances): boolean => tls || allowed;

function cannotCarry({ actsAsAnother, userHasSpaces }: Circumstances, name: string): boolean {
  return (actsAsAnother && facts.get(name)?.identity === false) || (userHasSpaces && name === 'APOP');
}

function isOffered({ listed, timestamp }: Circumstances, name: string): boolean {
  return name === 'APOP' ? timestamp : listed?.includes(name) === true;
}

/** Nothing stands against a way but that it may not be offered. */
function isUsable(circumstances: Circumstances, name: string): boolean {
  const fact = facts.get(name);
  if (fact === undefined || !given(circumstances, fact.takes) || cannotCarry(circumstances, name))
    return false;
  if (isBound(name) && !canBind(circumstances)) return false;
  return fact.shows !== 'readable' || mayBeRead(circumstances);
}

function offers(circumstances: Circumstances): readonly string[] {
  return [...new Set([...(circumstances.listed ?? []), ...(circumstances.timestamp ? ['APOP'] : [])])];
}

const told = ({ taken, left }: Outcome): string[] => [...taken, ...left.map(([name]) => name)];

/** Whether a cause is true of a way. */
const causes: Readonly<Record<string, (circumstances: Circumstances, name: string) => boolean>> = {
  unprotected: (circumstances, name) => {
    const fact = facts.get(name);
    return fact?.shows === 'readable' && given(circumstances, fact.takes) && !mayBeRead(circumstances);
  },
  'no-credential': (circumstances, name) => {
    const fact = facts.get(name);
    return fact !== undefined && !given(circumstances, fact.takes);
  },
  'no-channel-binding': (circumstances, name) => isBound(name) && !canBind(circumstances),
  'unusable-credential': cannotCarry,
  superseded: (circumstances, name) => {
    const { only, password, token } = circumstances;
    return (
      name === 'EXTERNAL' && only === undefined && (password || token) && given(circumstances, 'certificate')
    );
  },
  refused: (_, name) => refused.includes(name),
  unknown: (_, name) => !facts.has(name) && !refused.includes(name),
  'not-named': ({ only }, name) => (only === undefined ? name === 'ANONYMOUS' : !only.includes(name)),
  'not-offered': (circumstances, name) =>
    !isOffered(circumstances, name) && (circumstances.only ?? ['XOAUTH2', 'USER']).includes(name),
};

/** Where a rule is broken, it gives what breaks it. */
type Rule = (circumstances: Circumstances, outcome: Outcome) => string | undefined;

const rules: Readonly<Record<string, Rule>> = {
  'nothing readable goes out without TLS, unless that was allowed': (circumstances, { taken }) =>
    mayBeRead(circumstances) ? undefined : taken.find((name) => facts.get(name)?.shows === 'readable'),

  'what is taken is known here': (_, { taken }) => taken.find((name) => !facts.has(name)),

  'what takes a password, a token or a certificate is taken only with it': (circumstances, { taken }) =>
    taken.find((name) => !given(circumstances, facts.get(name)?.takes ?? 'nothing')),

  '-PLUS is taken only where TLS gives a binding': (circumstances, { taken }) =>
    canBind(circumstances) ? undefined : taken.find(isBound),

  'what cannot carry the identity or the user name is not taken': (circumstances, { taken }) =>
    taken.find((name) => cannotCarry(circumstances, name)),

  'without a list, the order is the stated one': ({ only, tls }, { taken }) => {
    if (only !== undefined) return undefined;
    const order = tls ? orderInsideTls : orderOutsideTls;
    const expected = order.filter((name) => taken.includes(name));
    const ranked = taken.filter((name) => name !== 'EXTERNAL');
    return ranked.join() === expected.join() ? undefined : `${taken.join()} instead of ${expected.join()}`;
  },

  'without a list, a certificate alone logs in, or nothing of it': ({ only, password, token }, { taken }) =>
    only === undefined && taken.includes('EXTERNAL') && (password || token || taken.length > 1)
      ? 'EXTERNAL'
      : undefined,

  'without a list, nobody logs in as nobody': ({ only }, { taken }) =>
    only === undefined && taken.includes('ANONYMOUS') ? 'ANONYMOUS' : undefined,

  // Servers that know USER or tokens do not always list them.
  'what is taken is offered, USER and tokens aside': (circumstances, { taken }) => {
    const { listed, only, token } = circumstances;
    return taken.find((name) => {
      if (isOffered(circumstances, name)) return false;
      if (name === 'APOP') return true;
      if (only !== undefined)
        return listed !== undefined && !['USER', 'XOAUTH2', 'OAUTHBEARER'].includes(name);
      if (listed === undefined) return name !== 'USER' && name !== 'XOAUTH2';
      return name !== 'USER' || taken.length > 1 || token;
    });
  },

  'what is offered and can be used is taken': (circumstances, { taken }) => {
    const { only, password, token } = circumstances;
    return offers(circumstances).find((name) => {
      if (taken.includes(name) || !isUsable(circumstances, name)) return false;
      if (only !== undefined) return only.includes(name);
      return name !== 'ANONYMOUS' && !(name === 'EXTERNAL' && (password || token));
    });
  },

  'what is offered is told': (circumstances, outcome) => {
    const names = told(outcome);
    return offers(circumstances).find((name) => !names.includes(name));
  },

  'what is told is told once': (_, outcome) => {
    const names = told(outcome);
    return names.find((name, index) => names.indexOf(name) !== index);
  },

  'nothing is told that is neither offered nor named': (circumstances, outcome) => {
    const { listed, only } = circumstances;
    const expected = [
      ...offers(circumstances),
      ...(only ?? ['USER', ...(listed === undefined ? ['XOAUTH2'] : [])]),
    ];
    return told(outcome).find((name) => !expected.includes(name));
  },

  'each way is left for a cause that is true': (circumstances, { left }) =>
    left.find(([name, cause]) => causes[cause]?.(circumstances, name) !== true)?.join(),

  'a list is never widened': ({ only }, { taken }) => taken.find((name) => only?.includes(name) === false),

  'a list keeps its order': ({ only }, { taken }) => {
    if (only === undefined) return undefined;
    const expected = only.filter((name) => taken.includes(name));
    return taken.join() === expected.join() ? undefined : `${taken.join()} instead of ${expected.join()}`;
  },

  'what was named is told': ({ only }, outcome) => {
    const names = told(outcome);
    return only?.find((name) => !names.includes(name));
  },

  'where TLS is all that is missing, that is told': (circumstances, { taken, left }) => {
    if (taken.length > 0 || mayBeRead(circumstances)) return undefined;
    const unprotected = left.some(([, cause]) => cause === 'unprotected');
    const candidates = circumstances.only ?? [
      ...offers(circumstances),
      ...(circumstances.token ? [] : ['USER']),
    ];
    const missing = candidates.find(
      (name) => facts.get(name)?.shows === 'readable' && isUsable({ ...circumstances, tls: true }, name),
    );
    return unprotected ? undefined : missing;
  },
};

export const ruleNames: readonly string[] = Object.keys(rules);

/** The rules that an outcome breaks, each with what breaks it. */
export function broken(
  circumstances: Circumstances,
  outcome: Outcome,
): (readonly [rule: string, by: string])[] {
  const found: (readonly [string, string])[] = [];
  for (const [name, rule] of Object.entries(rules)) {
    const by = rule(circumstances, outcome);
    if (by !== undefined) found.push([name, by]);
  }
  return found;
}

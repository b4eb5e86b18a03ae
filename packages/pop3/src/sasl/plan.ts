import { type Capabilities, escapeExcerpt } from '../protocol/index.ts';
import type { AuthenticationPlan, LeftCause, LeftOut, PlannedStep } from './authentication-plan.ts';
import {
  anonymous,
  digestWays,
  external,
  readableWays,
  refusedWays,
  scramWays,
  tokenWays,
  type Way,
  ways,
  withoutIdentity,
} from './way.ts';

/** Everything that decides how to log in. No secret is among it. */
export interface PlanInput {
  /** What the server said last; undefined where it does not know CAPA. */
  readonly capabilities: Capabilities | undefined;
  /** The greeting's timestamp, where it is a valid one. */
  readonly timestamp: string | undefined;
  /** TLS is established. */
  readonly protected: boolean;
  /** The connection has a channel binding. */
  readonly channelBinding: boolean;
  readonly credentials: {
    /** The user name, where it is known: APOP cannot carry every one. */
    readonly user?: string | undefined;
    /** An identity to act as was given: not every way can carry it. */
    readonly actsAsAnother?: boolean | undefined;
    readonly password: boolean;
    readonly accessToken: boolean;
    readonly clientCertificate: boolean;
  };
  /** The only ways that may be used, in this order. */
  readonly mechanisms?: readonly (string | Way)[] | undefined;
  readonly allowCleartextPassword: boolean;
}

/** Why a way cannot be used, or undefined. */
type Verdict = { readonly cause: LeftCause; readonly reason: string } | undefined;

/**
 * Decides which ways to log in are tried, in which order, and says for every other way that the server offers or that
 * was named why it is not. Pure: the same input gives the same plan.
 */
export function planAuthentication(input: PlanInput): AuthenticationPlan {
  const steps: PlannedStep[] = [];
  const left: LeftOut[] = [];
  const named = input.mechanisms?.map(toNamed);
  for (const candidate of named ?? standardOrder(input)) {
    const verdict =
      typeof candidate === 'string'
        ? unknownWay(candidate)
        : (cannotUse(candidate, input) ?? notOffered(candidate, input, named !== undefined));
    const name = typeof candidate === 'string' ? candidate : candidate.name;
    if (steps.some((step) => step.name === name) || left.some((way) => way.name === name)) continue;
    if (verdict !== undefined) left.push({ name, ...verdict });
    else if (typeof candidate !== 'string') steps.push(toStep(candidate, input, named !== undefined));
  }
  if (named === undefined && steps.length === 0) tryUnlistedUser(input, steps, left);
  leaveOffered(input, named !== undefined, steps, left);
  const told = left.filter(({ name }) => isWorthSaying(name, input, named));
  if (named === undefined && steps.length === 0) leaveUnlistedUser(input, told);
  return { steps, left: told, warnings: warn(input, steps) };
}

function toNamed(named: string | Way): string | Way {
  if (typeof named !== 'string') return named;
  const name = named.toUpperCase();
  return ways.get(name) ?? name;
}

function unknownWay(name: string): Verdict {
  const refused = refusedWays.get(name);
  if (refused !== undefined) return { cause: 'refused', reason: refused };
  return { cause: 'unknown', reason: `${escapeExcerpt(name, 40)} is not a way to log in that is known here` };
}

// Strongest first: tokens, then mutual proof, then what suits the connection.
function standardOrder(input: PlanInput): readonly Way[] {
  const fitting = input.protected ? [...readableWays, ...digestWays] : [...digestWays, ...readableWays];
  return [...tokenWays, external, ...scramWays, ...fitting];
}

function cannotUse(way: Way, input: PlanInput): Verdict {
  const { credentials } = input;
  switch (way.needs) {
    case 'password':
      if (!credentials.password)
        return { cause: 'no-credential', reason: 'it takes a password, and none was given' };
      break;
    case 'accessToken':
      if (!credentials.accessToken) {
        return { cause: 'no-credential', reason: 'it takes an access token, and none was given' };
      }
      break;
    case 'certificate':
      if (!input.protected || !credentials.clientCertificate) {
        return { cause: 'no-credential', reason: 'it takes a client certificate, and none was sent' };
      }
      if (input.mechanisms === undefined && (credentials.password || credentials.accessToken)) {
        return {
          cause: 'superseded',
          reason: 'a password or token was given; name EXTERNAL to use the certificate alone',
        };
      }
      break;
    case 'nothing':
      break;
  }
  // Without it, the maildrop of the user himself would be opened.
  if (credentials.actsAsAnother && withoutIdentity.has(way.name)) {
    return { cause: 'unusable-credential', reason: 'it cannot carry the identity to act as' };
  }
  if (way.name === 'APOP' && credentials.user?.includes(' ')) {
    return { cause: 'unusable-credential', reason: 'it cannot carry a user name with spaces' };
  }
  if (way.channelBinding && !(input.protected && input.channelBinding)) {
    return {
      cause: 'no-channel-binding',
      reason: 'this connection has no channel binding that can be used safely',
    };
  }
  if (!mayReveal({ exposure: way.exposure, ...input })) {
    const secret = way.needs === 'accessToken' ? 'token' : 'password';
    return {
      cause: 'unprotected',
      reason: `it sends the ${secret} readable, and the connection has no TLS; allowCleartextPassword would allow it`,
    };
  }
  return undefined;
}

function notOffered(way: Way, { capabilities, timestamp }: PlanInput, named: boolean): Verdict {
  if (way.name === 'APOP') {
    if (timestamp !== undefined) return undefined;
    return { cause: 'not-offered', reason: 'the greeting holds no timestamp that it could be computed over' };
  }
  if (capabilities === undefined) {
    if (way.name === 'USER' || way.name === 'XOAUTH2' || named) return undefined;
    return { cause: 'not-offered', reason: 'the server does not say what it offers' };
  }
  if (way.name === 'USER' ? capabilities.has('USER') : capabilities.mechanisms.includes(way.name))
    return undefined;
  // Servers that know these do not always list them.
  if (named && (way.name === 'USER' || way.needs === 'accessToken')) return undefined;
  return { cause: 'not-offered', reason: 'the server does not offer it' };
}

function toStep(way: Way, input: PlanInput, named: boolean): PlannedStep {
  const { name, exposure } = way;
  return { name, exposure, reason: named ? 'it was asked for' : reasonFor(way, input) };
}

function reasonFor(way: Way, input: PlanInput): string {
  if (way.needs === 'accessToken') return 'an access token was given, and is all that the server gets to see';
  if (way.needs === 'certificate') return 'the client certificate says who we are';
  if (way.channelBinding) return 'the password stays here, and both sides prove that nobody is in between';
  if (way.name.startsWith('SCRAM-'))
    return 'the password stays here, and the server proves that it knows it too';
  if (way.exposure === 'digest') {
    return input.protected
      ? 'only a digest is sent, but the server must keep the password readable for it'
      : 'the password itself is not sent, although the connection has no TLS';
  }
  return input.protected ? 'TLS protects the password' : 'sending the password readable was allowed';
}

// USER is not always listed though it works. Where nothing else is left, it is tried once.
function tryUnlistedUser(input: PlanInput, steps: PlannedStep[], left: LeftOut[]): void {
  const user = ways.get('USER');
  if (user === undefined || cannotUse(user, input) !== undefined || input.credentials.accessToken) return;
  const place = left.findIndex(({ name }) => name === user.name);
  if (place >= 0) left.splice(place, 1);
  steps.push({
    name: user.name,
    exposure: user.exposure,
    reason: 'the server lists no way that could be used; most know this one',
  });
}

// Where only the lack of TLS stands against it, that is what there is to say.
function leaveUnlistedUser(input: PlanInput, left: LeftOut[]): void {
  const user = ways.get('USER');
  if (user === undefined || input.credentials.accessToken) return;
  if (left.some(({ name, cause }) => name === user.name || cause === 'unprotected')) return;
  const verdict = cannotUse(user, input);
  if (verdict?.cause === 'unprotected') left.push({ name: user.name, ...verdict });
}

// What the server offers and no candidate covered.
function leaveOffered(
  input: PlanInput,
  named: boolean,
  steps: readonly PlannedStep[],
  left: LeftOut[],
): void {
  const offered = [
    ...(input.capabilities?.mechanisms ?? []),
    ...(input.capabilities?.has('USER') ? ['USER'] : []),
  ];
  if (input.timestamp !== undefined) offered.push('APOP');
  for (const name of offered) {
    if (steps.some((step) => step.name === name) || left.some((way) => way.name === name)) continue;
    if (named)
      left.push({ name, cause: 'not-named', reason: 'it is not on the list of those that may be used' });
    else if (name === anonymous.name) {
      left.push({ name, cause: 'not-named', reason: 'it logs in as nobody; name it to use it' });
    } else {
      const verdict = unknownWay(name);
      if (verdict !== undefined) left.push({ name, ...verdict });
    }
  }
}

// Nobody wants to read about everything that the server does not have.
function isWorthSaying(
  name: string,
  input: PlanInput,
  named: readonly (string | Way)[] | undefined,
): boolean {
  if (named !== undefined) return true;
  if (name === 'APOP') return input.timestamp !== undefined;
  if (input.capabilities === undefined) return name === 'USER' || name === 'XOAUTH2';
  return name === 'USER' ? input.capabilities.has('USER') : input.capabilities.mechanisms.includes(name);
}

function warn(input: PlanInput, steps: readonly PlannedStep[]): string[] {
  if (input.protected || steps.length === 0) return [];
  const warnings = ['the connection has no TLS: whoever is on the way can read and change the mail'];
  const exposures = steps.map(({ exposure }) => exposure);
  if (exposures[0] === 'readable') warnings.push('the password or token is sent readable');
  else if (exposures.includes('readable'))
    warnings.push('the password or token is sent readable where the server refuses the ways before');
  if (exposures.includes('digest'))
    warnings.push('whoever listens can try passwords against the digest that is sent');
  return warnings;
}

/**
 * Whether octets made from a secret may be written now. It is asked immediately before each, so that nothing that happened since
 * the plan was made can matter.
 */
export function mayReveal(input: {
  readonly exposure: Way['exposure'];
  readonly protected: boolean;
  readonly allowCleartextPassword: boolean;
}): boolean {
  return input.protected || input.exposure !== 'readable' || input.allowCleartextPassword;
}

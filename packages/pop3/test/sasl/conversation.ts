// What the tests of this folder share: contexts with sane defaults, and a conversation of both sides.
import assert from 'node:assert/strict';
import { secret } from '../../src/protocol/index.ts';
import {
  type ClientExchange,
  type Credentials,
  type CryptoPort,
  defaultSaslLimits,
  type ExchangeContext,
  mechanisms,
  SaslError,
  type ServerExchange,
  type ServerExchangeContext,
  type ServerStep,
  serverMechanisms,
} from '../../src/sasl/index.ts';
import { nodeCrypto } from '../../src/transport/index.ts';

/** One character an octet. */
export const text = (octets: Uint8Array): string => Buffer.from(octets).toString('latin1');
export const octets = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'latin1'));
export const utf8 = (value: string): Uint8Array => new Uint8Array(Buffer.from(value));

/** Randomness that is known beforehand; each run of octets is given in base64, the last one for good. */
export function withRandom(...values: readonly string[]): CryptoPort {
  let index = 0;
  return {
    ...nodeCrypto,
    randomOctets() {
      const value = values[Math.min(index++, values.length - 1)] ?? '';
      return new Uint8Array(Buffer.from(value, 'base64'));
    },
  };
}

/** Credentials as a caller has them; `password` and `token` are wrapped. */
export function credentialsOf(given: {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  readonly authorizationId?: string;
}): Credentials {
  const { user = 'ann', password, token, authorizationId } = given;
  return {
    user,
    password: password === undefined ? undefined : secret(password),
    accessToken: token === undefined ? undefined : secret(token),
    authorizationId,
  };
}

export function clientContext(
  credentials: Credentials,
  more: Partial<ExchangeContext> = {},
): ExchangeContext {
  return {
    credentials,
    crypto: nodeCrypto,
    host: 'pop.example.com',
    port: 995,
    plusOffered: false,
    passwordEncoding: 'utf-8',
    limits: defaultSaslLimits,
    ...more,
  };
}

export function serverContext(more: Partial<ServerExchangeContext> = {}): ServerExchangeContext {
  return {
    store: { password: (user) => (user === 'ann' ? 'pass wörd' : undefined) },
    crypto: nodeCrypto,
    host: 'pop.example.com',
    now: () => 1_700_000_000,
    ...more,
  };
}

export function startClient(name: string, context: ExchangeContext): ClientExchange {
  const mechanism = mechanisms.get(name);
  assert.ok(mechanism, name);
  return mechanism.start(context);
}

export function startServer(name: string, context: ServerExchangeContext = serverContext()): ServerExchange {
  const mechanism = serverMechanisms.get(name);
  assert.ok(mechanism, name);
  return mechanism.start(context);
}

/** What the client sends at first, or nothing. */
export function initialOf(exchange: ClientExchange): string | undefined {
  const initial = exchange.initialResponse();
  return initial && text(initial.reveal());
}

/** The client's answer to a challenge. */
export async function answerOf(exchange: ClientExchange, challenge: string): Promise<string> {
  return text((await exchange.respond(octets(challenge))).reveal());
}

/** The challenge that a step is. */
export function challengeOf(step: ServerStep): string {
  assert.equal(step.type, 'challenge');
  return step.type === 'challenge' ? text(step.data) : '';
}

/** Lets both sides talk until the server has judged. */
export async function converse(
  name: string,
  client: ExchangeContext,
  server: ServerExchangeContext,
  initial: 'with AUTH' | 'asked for' = 'with AUTH',
): Promise<{ step: ServerStep; client: ClientExchange; challenges: number }> {
  const ours = startClient(name, client);
  const theirs = startServer(name, server);
  const first = ours.initialResponse()?.reveal();
  let step = await theirs.start(initial === 'with AUTH' ? first : undefined);
  let challenges = 0;
  for (; step.type === 'challenge'; challenges++) {
    assert.ok(challenges < 5, 'the exchange has no end');
    const asked = challenges === 0 && initial === 'asked for' && first !== undefined;
    step = await theirs.respond(asked ? first : (await ours.respond(step.data)).reveal());
  }
  if (step.type === 'success') ours.finish();
  return { step, client: ours, challenges };
}

/** Whether an error is a SaslError for this rule. */
export const breaks =
  (rule: string) =>
  (error: unknown): boolean =>
    error instanceof SaslError && error.rule === rule && !error.fatal;

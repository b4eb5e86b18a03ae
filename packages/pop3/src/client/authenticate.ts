import { CommandRejectedError, type ResponseEvent, type Secret, secret } from '../protocol/index.ts';
import {
  type AuthenticationPlan,
  AuthenticationRejectedError,
  afterRefusal,
  type Credentials,
  mechanisms as knownMechanisms,
  mayBeExpired,
  nothingToTry,
  type PlannedStep,
  planAuthentication,
  type Refusal,
  type SaslLimits,
  type SaslMechanism,
  type TokenError,
} from '../sasl/index.ts';
import { apop } from './apop.ts';
import { capa } from './capa.ts';
import { type CredentialOptions, wrapCredentials } from './credential.ts';
import type { CommandOptions } from './exchange.ts';
import { runMechanism } from './mechanism-run.ts';
import { pass } from './pass.ts';
import type { Session } from './session.ts';
import { user } from './user.ts';
import { utf8 } from './utf8.ts';
import { whileOpen } from './while-open.ts';

/** Gives an OAuth 2.0 access token. `expired`: the server refused the one that it gave first; the same one again is not sent again. */
export type AccessTokenSource = (why: 'first' | 'expired') => Promise<string | Secret<string>>;

/** Whom to log in as, with what, and what is allowed. */
export interface AuthenticateOptions extends CredentialOptions, CommandOptions {
  /** An OAuth 2.0 access token, or what gets one. Ways that take a token come before those that take a password. */
  readonly accessToken?: string | Secret<string> | AccessTokenSource | undefined;
  /**
   * The only mechanisms that may be used, in this order: names such as `SCRAM-SHA-256`, `APOP`, `USER`, or mechanisms of your own.
   * Without it: the strongest that is safe.
   */
  readonly mechanisms?: readonly (string | SaslMechanism)[] | undefined;
  /** False: UTF8 (RFC 6856) is not sent, although the server offers it. */
  readonly utf8?: boolean | undefined;
  readonly saslLimits?: Partial<SaslLimits> | undefined;
}

/** How the login was done. */
export interface AuthenticationResult {
  /** `SCRAM-SHA-256`, `APOP`, `USER`, ... */
  readonly mechanism: string;
  /** The server's words. */
  readonly text: string;
  /** Every way that there was, taken or left, with the reason. */
  readonly plan: AuthenticationPlan;
}

interface Attempt {
  readonly response: Pick<ResponseEvent, 'status' | 'text' | 'responseCode'>;
  readonly revealed: boolean;
  readonly tokenError?: TokenError | undefined;
}

/** Logs in: plans, follows the plan, and stops at the first verdict. */
export async function authenticate(
  session: Session,
  greeting: { readonly timestamp: string | undefined },
  options: AuthenticateOptions,
): Promise<AuthenticationResult> {
  // It knows the account's secrets already, and may quote them before they were sent, or where another one is.
  session.redactor.addCredentials(givenBy(options));
  if (options.utf8 !== false && session.capabilities?.has('UTF8')) await offerUtf8(session, options);
  const plan = makePlan(session, greeting, options);
  if (plan.steps.length === 0) throw nothingToTry(plan);
  let last: AuthenticationRejectedError | undefined;
  for (const step of plan.steps) {
    const attempt = await tryStep(session, greeting, step, options);
    const { text, responseCode } = attempt.response;
    if (attempt.response.status === '+OK') {
      // A server may say more about itself after the login (Gmail does). What is asked next need not wait for it, and ends with the same
      // error where this one ends the session.
      if (session.capabilities !== undefined) capa(session).catch(() => {});
      return { mechanism: step.name, text, plan };
    }
    const details = { mechanism: step.name, text, responseCode, tokenError: attempt.tokenError, plan };
    last = new AuthenticationRejectedError(details, { command: commandOf(step) });
    if (afterRefusal(toRefusal(step.name, attempt)) !== 'mechanism-unusable') throw last;
  }
  throw last ?? nothingToTry(plan);
}

function givenBy(options: AuthenticateOptions): Credentials {
  const { accessToken } = options;
  return wrapCredentials(options, typeof accessToken === 'function' ? undefined : accessToken);
}

function makePlan(
  session: Session,
  { timestamp }: { readonly timestamp: string | undefined },
  options: AuthenticateOptions,
): AuthenticationPlan {
  const { tls } = session.transport;
  return planAuthentication({
    capabilities: session.capabilities,
    timestamp,
    protected: tls !== undefined,
    channelBinding: tls?.channelBinding !== undefined,
    credentials: {
      user: options.user,
      actsAsAnother: (options.authorizationId ?? '') !== '',
      password: options.password !== undefined,
      accessToken: options.accessToken !== undefined,
      clientCertificate: tls?.clientCertificate === true,
    },
    mechanisms: options.mechanisms,
    allowCleartextPassword: options.allowCleartextPassword ?? false,
  });
}

async function tryStep(
  session: Session,
  greeting: { readonly timestamp: string | undefined },
  step: PlannedStep,
  options: AuthenticateOptions,
): Promise<Attempt> {
  const { password = '' } = options;
  try {
    if (step.name === 'USER') return await userAndPass(session, options);
    if (step.name === 'APOP') {
      const text = await apop(session, greeting, { ...options, password });
      return { response: { status: '+OK', text, responseCode: undefined }, revealed: true };
    }
  } catch (error) {
    if (!(error instanceof CommandRejectedError)) throw error;
    const { text, responseCode } = error;
    const response = { status: '-ERR', text, responseCode } as const;
    return { response, revealed: error.command !== 'USER' && !error.command?.startsWith('USER ') };
  }
  const mechanism = findMechanism(step.name, options);
  const { accessToken } = options;
  if (mechanism.needs !== 'accessToken' || typeof accessToken !== 'function') {
    return runStep(session, mechanism, options, typeof accessToken === 'function' ? undefined : accessToken);
  }
  const token = await whileOpen(session, accessToken('first'), options);
  const first = await runStep(session, mechanism, options, token);
  if (first.response.status === '+OK' || !mayBeExpired(toRefusal(step.name, first))) return first;
  const next = await whileOpen(session, accessToken('expired'), options);
  // The verdict on this one is known, and servers count failures.
  if (secret(next).reveal() === secret(token).reveal()) return first;
  return runStep(session, mechanism, options, next);
}

function toRefusal(mechanism: string, { response, revealed, tokenError }: Attempt): Refusal {
  const { text, responseCode } = response;
  return { mechanism, text, responseCode, revealed, tokenError };
}

function runStep(
  session: Session,
  mechanism: SaslMechanism,
  options: AuthenticateOptions,
  accessToken: string | Secret<string> | undefined,
): Promise<Attempt> {
  return runMechanism(session, mechanism, {
    credentials: wrapCredentials(options, accessToken),
    allowCleartextPassword: options.allowCleartextPassword ?? false,
    passwordEncoding: options.passwordEncoding ?? 'utf-8',
    saslLimits: options.saslLimits,
    signal: options.signal,
  });
}

async function userAndPass(session: Session, options: AuthenticateOptions): Promise<Attempt> {
  const { password = '' } = options;
  await user(session, options.user, options);
  const text = await pass(session, { ...options, password });
  return { response: { status: '+OK', text, responseCode: undefined }, revealed: true };
}

// A server that offers it and then refuses it can still be logged in to.
async function offerUtf8(session: Session, options: CommandOptions): Promise<void> {
  try {
    await utf8(session, options);
  } catch (error) {
    if (!(error instanceof CommandRejectedError)) throw error;
  }
}

function findMechanism(name: string, { mechanisms = [] }: AuthenticateOptions): SaslMechanism {
  for (const mechanism of mechanisms) {
    if (typeof mechanism !== 'string' && mechanism.name === name) return mechanism;
  }
  const known = knownMechanisms.get(name);
  if (known === undefined) throw new TypeError(`the plan names ${name}, which is no known mechanism`);
  return known;
}

function commandOf({ name }: PlannedStep): string {
  if (name === 'USER') return 'PASS';
  return name === 'APOP' ? name : `AUTH ${name}`;
}

import { escapeExcerpt, type ResponseCode } from '../protocol/index.ts';
import type { AuthenticationPlan, LeftOut } from './authentication-plan.ts';
import { AuthenticationUnavailableError, AuthenticationUnsafeError } from './error.ts';
import type { TokenError } from './mechanism.ts';

/** A `-ERR` in the course of a login. */
export interface Refusal {
  /** `USER` for USER and PASS. */
  readonly mechanism: string;
  /** The server's words. */
  readonly text: string;
  readonly responseCode: ResponseCode | undefined;
  /** Something made from the secret had been sent. */
  readonly revealed: boolean;
  readonly tokenError?: TokenError | undefined;
}

/** What a refusal means for the rest of the plan. */
export type RefusalMeaning =
  /** The credentials were judged. Going on would show the password, and trip lock-outs. */
  | 'verdict'
  /** This mechanism does not work here; the next one may. */
  | 'mechanism-unusable'
  /** The server cannot now; a later try may succeed. */
  | 'temporary';

// "unknown command", "mechanism not supported" and the like: the words of servers that list what they do not have.
const unsupported =
  /\b(?:unknown|unrecogni[sz]ed|unsupported|invalid|bad|illegal|no such) (?:command|mechanism|method|auth\w* (?:mechanism|method|type))|\b(?:command|mechanism|method|apop|cram-md5) (?:is |was )?(?:not (?:supported|implemented|recogni[sz]ed|understood|available|enabled|known|permitted)|unsupported|unavailable|disabled|unknown)/i;

/**
 * Tells a verdict on the credentials from a mechanism that does not work (RFC 3206 section 4, RFC 5034 section 4).
 *
 * A missing [AUTH] proves nothing, even where the server offers AUTH-RESP-CODE (RFC 3206 section 6): one that forgets it would be shown the
 * password by weaker and weaker ways.
 */
export function afterRefusal(refusal: Refusal): RefusalMeaning {
  const { responseCode, mechanism, revealed, text, tokenError } = refusal;
  if (responseCode?.transient) return 'temporary';
  if (responseCode?.code === 'AUTH' || responseCode?.code === 'SYS/PERM') return 'verdict';
  if (!revealed) return 'mechanism-unusable';
  if (mechanism === 'USER' || tokenError !== undefined) return 'verdict';
  return unsupported.test(text) ? 'mechanism-unusable' : 'verdict';
}

/** Whether a refusal may mean that the access token has expired: then a fresh one is worth one more try. */
export function mayBeExpired({
  revealed,
  responseCode,
  tokenError,
}: Omit<Refusal, 'mechanism' | 'text'>): boolean {
  if (!revealed || responseCode?.transient || responseCode?.code === 'SYS/PERM') return false;
  return tokenError?.status !== 'insufficient_scope';
}

/** The error for a plan that has no step. */
export function nothingToTry(
  plan: AuthenticationPlan,
): AuthenticationUnsafeError | AuthenticationUnavailableError {
  const unsafe = plan.left.filter(({ cause }) => cause === 'unprotected');
  if (unsafe.length > 0) {
    const names = unsafe.map(({ name }) => (name === 'USER' ? 'USER and PASS' : name)).join(', ');
    return new AuthenticationUnsafeError(
      `${names} would send the password or token readable, and the connection has no TLS; nothing was sent${others(plan)}`,
      plan,
      {
        hint: 'Use security "tls" or "starttls". allowCleartextPassword (--allow-cleartext-password) sends it readable all the same.',
      },
    );
  }
  const explained = others(plan);
  return new AuthenticationUnavailableError(
    `there is no way to log in that both sides know${explained === '' ? ': the server offers none' : explained}`,
    plan,
    { hint: hintFor(plan.left) },
  );
}

// What else is offered, and why that is no way out.
function others({ left }: AuthenticationPlan): string {
  const told = left.filter(({ cause }) => cause !== 'unprotected' && cause !== 'not-named');
  const unnamed = left.filter(({ cause }) => cause === 'not-named').map(({ name }) => name);
  // Names are the server's words.
  const reasons = told.map(({ name, reason }) => `${escapeExcerpt(name, 40)}: ${reason}`);
  if (unnamed.length > 0) {
    reasons.push(`offered, but not asked for: ${escapeExcerpt(unnamed.join(', '), 300)}`);
  }
  return reasons.length === 0 ? '' : `; ${reasons.join('; ')}`;
}

function hintFor(left: readonly LeftOut[]): string {
  if (left.some(({ cause }) => cause === 'no-credential')) {
    return 'Give the credential that the server wants: a password, an access token, or a client certificate.';
  }
  if (left.some(({ cause }) => cause === 'not-named'))
    return 'Name one that the server offers, or name none.';
  return 'Ask whoever runs the server which way to log in is meant to be used.';
}

import { escapeExcerpt, Pop3Error, type Pop3ErrorOptions, type ResponseCode } from '../protocol/index.ts';
import type { AuthenticationPlan } from './authentication-plan.ts';
import type { TokenError } from './mechanism.ts';

/**
 * The server did not keep to the SASL mechanism; the exchange is to be cancelled. The session itself can still be used, unless `fatal` says
 * that it was ended over this.
 *
 * It never quotes what the server sent: a hostile one may send our own secret back.
 */
export class SaslError extends Pop3Error {
  override readonly name = 'SaslError';
  readonly code = 'ERR_POP3_SASL';
  readonly fatal: boolean;
  readonly transient = false;
  /** The mechanism's name, such as `SCRAM-SHA-256`. */
  readonly mechanism: string;
  /** The rule that was broken, such as `iterations-too-many` or `server-signature-missing`. */
  readonly rule: string;
  readonly #what: string;

  constructor(
    message: string,
    details: { readonly mechanism: string; readonly rule: string; readonly fatal?: boolean },
    options?: Pop3ErrorOptions,
  ) {
    super(`${details.mechanism}: ${message}`, options);
    this.mechanism = details.mechanism;
    this.rule = details.rule;
    this.fatal = details.fatal ?? false;
    this.#what = message;
  }

  /** The same, over which the session was ended. */
  ofEndedSession(): SaslError {
    const { mechanism, rule, command, hint, cause } = this;
    return new SaslError(this.#what, { mechanism, rule, fatal: true }, { command, hint, cause });
  }
}

/** What an {@link AuthenticationRejectedError} is made of. */
export interface RejectionDetails {
  readonly mechanism: string;
  /** The server's words, without status indicator and response code. */
  readonly text: string;
  readonly responseCode: ResponseCode | undefined;
  /** A later try may succeed; by default what the response code says. */
  readonly transient?: boolean | undefined;
  readonly tokenError?: TokenError | undefined;
  readonly plan?: AuthenticationPlan | undefined;
}

/** The server's verdict on a login, in its own words. No other mechanism was tried after it. */
export class AuthenticationRejectedError extends Pop3Error {
  override readonly name = 'AuthenticationRejectedError';
  readonly code = 'ERR_POP3_AUTHENTICATION_REJECTED';
  readonly fatal = false;
  readonly transient: boolean;
  readonly mechanism: string;
  /** What the server said, as it is: escape it before showing it. */
  readonly text: string;
  readonly responseCode: ResponseCode | undefined;
  /** What the server said about the access token, where it did. */
  readonly tokenError: TokenError | undefined;
  readonly plan: AuthenticationPlan | undefined;

  constructor(details: RejectionDetails, options?: Pop3ErrorOptions) {
    super(describeRejection(details), { hint: rejectionHint(details), ...options });
    this.mechanism = details.mechanism;
    this.text = details.text;
    this.responseCode = details.responseCode;
    this.transient = details.transient ?? details.responseCode?.transient ?? false;
    this.tokenError = details.tokenError;
    this.plan = details.plan;
  }
}

/** Logging in would have shown the secret to anybody on the way. Nothing was sent. */
export class AuthenticationUnsafeError extends Pop3Error {
  override readonly name = 'AuthenticationUnsafeError';
  readonly code = 'ERR_POP3_AUTHENTICATION_UNSAFE';
  readonly fatal = false;
  readonly transient = false;
  readonly plan: AuthenticationPlan | undefined;

  constructor(message: string, plan: AuthenticationPlan | undefined, options?: Pop3ErrorOptions) {
    super(message, options);
    this.plan = plan;
  }
}

/** The server offers nothing that could be used with these credentials. Nothing was sent. */
export class AuthenticationUnavailableError extends Pop3Error {
  override readonly name = 'AuthenticationUnavailableError';
  readonly code = 'ERR_POP3_AUTHENTICATION_UNAVAILABLE';
  readonly fatal = false;
  readonly transient = false;
  readonly plan: AuthenticationPlan;

  constructor(message: string, plan: AuthenticationPlan, options?: Pop3ErrorOptions) {
    super(message, options);
    this.plan = plan;
  }
}

/** Every way in which a login can fail, the exchange itself ({@link SaslError}) aside; `code` tells them apart. */
export type AuthenticationError =
  | AuthenticationRejectedError
  | AuthenticationUnsafeError
  | AuthenticationUnavailableError;

function describeRejection({ mechanism, text, responseCode, tokenError }: RejectionDetails): string {
  const words = text === '' ? 'gave no reason' : `said: ${escapeExcerpt(text, 300)}`;
  const code = responseCode === undefined ? '' : ` [${escapeExcerpt(responseCode.code)}]`;
  const token = tokenError === undefined ? '' : ` (token status: ${escapeExcerpt(tokenError.status)})`;
  return `the server refused the login by ${mechanism === 'USER' ? 'USER and PASS' : mechanism}${code} and ${words}${token}`;
}

function rejectionHint({ responseCode, tokenError, transient }: RejectionDetails): string {
  if (tokenError !== undefined) {
    const scope =
      tokenError.scope === undefined ? '' : `; the scope it needs is ${escapeExcerpt(tokenError.scope)}`;
    return `Get a new access token for this user${scope}.`;
  }
  switch (responseCode?.code) {
    case 'IN-USE':
      return 'Another session has the maildrop open: try again when it has ended.';
    case 'LOGIN-DELAY':
      return 'The server wants more time between two logins: try again later.';
    case 'SYS/PERM':
      return 'The server cannot serve this account: ask whoever runs it.';
    default:
      return transient === true || responseCode?.transient === true
        ? 'The server expects a later try to succeed.'
        : 'Check user name and password, whether POP3 is enabled for the account, and whether the provider wants an app password or OAuth 2.0.';
  }
}

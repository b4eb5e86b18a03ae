import type { ResponseCode } from './response-code.ts';

const brand = Symbol.for('@postrider/pop3.error');

/** What every {@link Pop3Error} may carry. */
export interface Pop3ErrorOptions {
  /** The command that it happened in, such as `RETR 12`. Never its secrets. */
  readonly command?: string | undefined;
  /** One sentence: what to do next. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The base of every error of this package.
 *
 * `fatal` tells that the session cannot be used any more; `transient` that a later try may succeed.
 * Use {@link isPop3Error} rather than `instanceof`: it also knows errors of another copy of the package.
 */
export abstract class Pop3Error extends Error {
  abstract readonly code: string;
  /** The session cannot be used any more. */
  abstract readonly fatal: boolean;
  /** The same may succeed later, without any change. */
  abstract readonly transient: boolean;
  /** The command that it happened in, without its secrets. */
  readonly command: string | undefined;
  /** What to do next, in one sentence. */
  readonly hint: string | undefined;

  constructor(message: string, options: Pop3ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.command = options.command;
    this.hint = options.hint;
  }

  static {
    Object.defineProperty(Pop3Error.prototype, brand, { value: true });
  }
}

/** The server answered `-ERR`. Its own words are in `text`, its response code in `responseCode`. */
export class CommandRejectedError extends Pop3Error {
  override readonly name = 'CommandRejectedError';
  readonly code = 'ERR_POP3_COMMAND_REJECTED';
  readonly fatal: boolean;
  readonly transient: boolean;
  /** What the server said, without status indicator and response code. */
  readonly text: string;
  readonly responseCode: ResponseCode | undefined;

  constructor(
    message: string,
    details: { text: string; responseCode: ResponseCode | undefined; fatal?: boolean },
    options?: Pop3ErrorOptions,
  ) {
    super(message, options);
    this.text = details.text;
    this.responseCode = details.responseCode;
    this.fatal = details.fatal ?? false;
    this.transient = details.responseCode?.transient ?? false;
  }
}

/** The server broke the protocol. The session has ended where `fatal` says so: it does unless one value alone is malformed. */
export class RemoteProtocolError extends Pop3Error {
  override readonly name = 'RemoteProtocolError';
  readonly code = 'ERR_POP3_REMOTE_PROTOCOL';
  readonly fatal: boolean;
  readonly transient = false;
  /** The grammar rule that was broken, such as `status-line` or `octets-behind-stls`. */
  readonly rule: string;
  /** How many octets of this connection came before the offending line. */
  readonly offset: number;
  /** What came instead, as far as it had come: shortened, and escaped to printable ASCII. */
  readonly excerpt: string;

  constructor(
    message: string,
    details: { rule: string; offset: number; excerpt: string; fatal?: boolean },
    options?: Pop3ErrorOptions,
  ) {
    super(message, options);
    this.fatal = details.fatal ?? true;
    this.rule = details.rule;
    this.offset = details.offset;
    this.excerpt = details.excerpt;
  }
}

/** The caller asked for something that the protocol does not allow. Nothing was sent. */
export class LocalProtocolError extends Pop3Error {
  override readonly name = 'LocalProtocolError';
  readonly code = 'ERR_POP3_LOCAL_PROTOCOL';
  readonly fatal = false;
  readonly transient = false;
}

/** The peer went over a limit (see `Limits`). The session has ended where `fatal` says so. */
export class LimitError extends Pop3Error {
  override readonly name = 'LimitError';
  readonly code = 'ERR_POP3_LIMIT';
  readonly fatal: boolean;
  readonly transient = false;
  /** The limit's name, such as `statusLineOctets`. */
  readonly limit: string;
  readonly maximum: number;

  constructor(
    message: string,
    details: { limit: string; maximum: number; fatal?: boolean },
    options?: Pop3ErrorOptions,
  ) {
    super(message, options);
    this.fatal = details.fatal ?? true;
    this.limit = details.limit;
    this.maximum = details.maximum;
  }
}

/**
 * Whether the deletions of this session took effect: `no` where it ended before QUIT was sent,
 * `unknown` where QUIT was sent and its answer never came.
 */
export type DeletionsCommitted = 'yes' | 'no' | 'unknown';

/** The peer closed the connection before the session was over. */
export class ConnectionClosedError extends Pop3Error {
  override readonly name = 'ConnectionClosedError';
  readonly code = 'ERR_POP3_CONNECTION_CLOSED';
  readonly fatal = true;
  readonly transient = true;
  readonly deletionsCommitted: DeletionsCommitted;

  constructor(
    message: string,
    details: { deletionsCommitted: DeletionsCommitted },
    options?: Pop3ErrorOptions,
  ) {
    super(message, options);
    this.deletionsCommitted = details.deletionsCommitted;
  }
}

/** Tells whether a value is a {@link Pop3Error}, also one of another copy of this package. */
export function isPop3Error(value: unknown): value is Pop3Error {
  return typeof value === 'object' && value !== null && brand in value;
}

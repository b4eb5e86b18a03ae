import { Pop3Error, type Pop3ErrorOptions } from '../protocol/index.ts';
import { type Endpoint, formatEndpoint } from './endpoint.ts';

/** Where on the way a connection failed. */
export type TransportPhase = 'resolve' | 'connect' | 'proxy' | 'tls' | 'read' | 'write';

/** The connection could not be made, or broke. `cause` has the platform's own error. */
export class TransportError extends Pop3Error {
  override readonly name = 'TransportError';
  readonly code = 'ERR_POP3_TRANSPORT';
  readonly fatal = true;
  readonly transient: boolean;
  readonly phase: TransportPhase;
  readonly endpoint: Endpoint;

  constructor(
    message: string,
    details: { phase: TransportPhase; endpoint: Endpoint; transient?: boolean | undefined },
    options?: Pop3ErrorOptions,
  ) {
    super(message, options);
    this.phase = details.phase;
    this.endpoint = details.endpoint;
    this.transient = details.transient ?? true;
  }
}

/** What was waited for when the time was over; `rate` is a peer that sends, but slower than the minimum rate. */
export type TimeoutPhase =
  | 'connect'
  | 'proxy'
  | 'tls'
  | 'greeting'
  | 'command'
  | 'pass'
  | 'idle'
  | 'rate'
  | 'write'
  | 'quit'
  | 'reader'
  | 'session';

const awaited: Readonly<Record<TimeoutPhase, string>> = {
  connect: 'the connection was not made',
  proxy: 'the proxy did not make the connection',
  tls: 'the TLS handshake was not finished',
  greeting: 'no whole greeting came',
  command: 'no whole answer came',
  pass: 'no answer to the login came',
  idle: 'nothing came in the middle of an answer',
  rate: 'the answer came slower than the minimum rate',
  write: 'what was sent was not taken',
  quit: 'no answer to QUIT came',
  reader: 'what was received of a message was not read',
  session: 'the session was not over',
};

const hints: { readonly [phase in TimeoutPhase]?: string } = {
  reader:
    'Read the streams of several messages in the order in which they were asked for, and discard what is not wanted.',
};

/** A wait went over its deadline; the session has ended. A later try may succeed. */
export class TimeoutError extends Pop3Error {
  override readonly name = 'TimeoutError';
  readonly code = 'ERR_POP3_TIMEOUT';
  readonly fatal = true;
  readonly transient = true;
  readonly phase: TimeoutPhase;
  /** The deadline that was missed, counted from the start of the wait. */
  readonly milliseconds: number;
  readonly endpoint: Endpoint;

  constructor(
    details: { phase: TimeoutPhase; milliseconds: number; endpoint: Endpoint },
    options: Pop3ErrorOptions = {},
  ) {
    const { phase, milliseconds, endpoint } = details;
    super(`${formatEndpoint(endpoint)}: ${awaited[phase]} within ${milliseconds / 1000} s`, {
      ...options,
      hint: options.hint ?? hints[phase] ?? `Try again later, or allow more time with the ${phase} timeout.`,
    });
    this.phase = phase;
    this.milliseconds = milliseconds;
    this.endpoint = endpoint;
  }
}

/** The check that a TLS connection did not pass. */
export type TlsCheck =
  /** The server does not offer STLS, or refused it. */
  | 'stls'
  /** The process was told to accept any certificate. */
  | 'environment'
  | 'expired'
  | 'not-yet-valid'
  /** The certificate is for other names. */
  | 'host'
  /** The certificate names its host in the subject only, not in subjectAltName (RFC 6125). */
  | 'common-name-only'
  | 'self-signed'
  | 'unknown-issuer'
  /** The key is not the pinned one. */
  | 'pin'
  | 'revoked'
  /** Any other reason not to trust the certificate; the message has it. */
  | 'certificate';

/** What is known of the certificate that did not pass. Empty where no certificate was at hand. */
export interface TlsPolicyDetails {
  readonly check: TlsCheck;
  readonly endpoint: Endpoint;
  readonly subject?: string | undefined;
  readonly issuer?: string | undefined;
  readonly names?: readonly string[] | undefined;
  readonly notBefore?: Date | undefined;
  readonly notAfter?: Date | undefined;
  readonly pin?: string | undefined;
}

/** The peer's certificate did not pass a check. Nothing was sent over the connection. */
export class TlsPolicyError extends Pop3Error {
  override readonly name = 'TlsPolicyError';
  readonly code = 'ERR_POP3_TLS_POLICY';
  readonly fatal = true;
  readonly transient = false;
  readonly check: TlsCheck;
  readonly endpoint: Endpoint;
  readonly subject: string | undefined;
  readonly issuer: string | undefined;
  /** The DNS names and IP addresses that the certificate is good for. */
  readonly names: readonly string[];
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
  /** The pin of the key that the peer showed: what to set where the caller means to trust exactly that key. */
  readonly pin: string | undefined;

  constructor(message: string, details: TlsPolicyDetails, options?: Pop3ErrorOptions) {
    super(message, options);
    this.check = details.check;
    this.endpoint = details.endpoint;
    this.subject = details.subject;
    this.issuer = details.issuer;
    this.names = details.names ?? [];
    this.notBefore = details.notBefore;
    this.notAfter = details.notAfter;
    this.pin = details.pin;
  }
}

/** What a platform's error says. OpenSSL's message has a line break, and the place in its sources; its reason is what people can read. */
export function platformReason(error: Error & { readonly reason?: unknown }): string {
  return typeof error.reason === 'string' ? error.reason : error.message.trim();
}

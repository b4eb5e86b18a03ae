/**
 * POP3's client (RFC 1939): connecting, logging in as safely as the server allows, and retrieving every octet.
 *
 * @module @postrider/pop3
 */
export {
  Capabilities,
  CommandRejectedError,
  ConnectionClosedError,
  type DeletionsCommitted,
  type DropListing,
  defaultLimits,
  defaultQuirks,
  isPop3Error,
  type KnownResponseCode,
  LimitError,
  type Limits,
  LocalProtocolError,
  Pop3Error,
  type Quirks,
  RemoteProtocolError,
  type ResponseCode,
  type ScanListing,
  Secret,
  type SessionState,
  secret,
  strictQuirks,
  type UniqueIdListing,
} from '../protocol/index.ts';
export {
  type AuthenticationPlan,
  AuthenticationRejectedError,
  AuthenticationUnavailableError,
  AuthenticationUnsafeError,
  type LeftOut,
  type PlannedStep,
  SaslError,
  type SaslLimits,
  type SaslMechanism,
  type TokenError,
} from '../sasl/index.ts';
export {
  type CertificateSummary,
  type ConnectHook,
  type Endpoint,
  TimeoutError,
  type TlsOptions,
  TlsPolicyError,
  type TlsState,
  TransportError,
} from '../transport/index.ts';
export type { AuthOptions } from './auth.ts';
export type { AccessTokenSource, AuthenticateOptions, AuthenticationResult } from './authenticate.ts';
export type { ConnectOptions, Security } from './connect-options.ts';
export type { CredentialOptions } from './credential.ts';
export type { Pop3ClientError } from './error.ts';
export type { CommandOptions } from './exchange.ts';
export type { Language } from './lang.ts';
export type { Listing, ListingOptions, MalformedLine } from './listing.ts';
export type { MessageStream } from './message-stream.ts';
export type { PassOptions } from './pass.ts';
export { type Greeting, Pop3Client } from './pop3-client.ts';
export type { ContentSink } from './retr.ts';
export { defaultTimeouts, type Timeouts } from './timeout.ts';
export type { Trace, TraceEntry } from './trace.ts';

/**
 * The SASL mechanisms (RFC 4422), and the function that decides which are tried and in which order.
 *
 * @module @postrider/pop3/sasl
 */
export { apopDigest, isApopTimestamp, verifyApop } from './apop.ts';
export type { AuthenticationPlan, LeftCause, LeftOut, PlannedStep } from './authentication-plan.ts';
export { decodeBase64, encodeBase64 } from './base64.ts';
export { type ChallengePosition, decodeChallenge } from './challenge.ts';
export { encodePassword } from './credential.ts';
export {
  type AuthenticationError,
  AuthenticationRejectedError,
  AuthenticationUnavailableError,
  AuthenticationUnsafeError,
  type RejectionDetails,
  SaslError,
} from './error.ts';
export {
  type ChannelBinding,
  type ClientExchange,
  type CredentialStore,
  type Credentials,
  type CryptoPort,
  defaultSaslLimits,
  type ExchangeContext,
  type HashAlgorithm,
  type SaslLimits,
  type SaslMechanism,
  type SecretExposure,
  type ServerExchange,
  type ServerExchangeContext,
  type ServerSaslMechanism,
  type ServerStep,
  type TokenError,
} from './mechanism.ts';
export { encodeHex } from './octet.ts';
export { mayReveal, type PlanInput, planAuthentication } from './plan.ts';
export { afterRefusal, mayBeExpired, nothingToTry, type Refusal, type RefusalMeaning } from './refusal.ts';
export { mechanisms, serverMechanisms } from './registry.ts';
export { createTimestamp } from './timestamp.ts';
export { verifyPassword } from './verify.ts';
export { refusedWays, type Way, ways } from './way.ts';

import type { Secret } from '../protocol/index.ts';

/** The hash algorithms that the mechanisms need. */
export type HashAlgorithm = 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-512';

/**
 * The one door through which hashes and randomness come in, so that `sasl/` runs anywhere.
 * `transport/` has the implementation for Node, Bun and Deno.
 */
export interface CryptoPort {
  /** The digest of octets. */
  hash(algorithm: HashAlgorithm, octets: Uint8Array): Uint8Array;
  /** HMAC (RFC 2104). */
  hmac(algorithm: HashAlgorithm, key: Uint8Array, octets: Uint8Array): Uint8Array;
  /** PBKDF2 with HMAC (RFC 8018 section 5.2), off the main thread. */
  pbkdf2(
    algorithm: HashAlgorithm,
    password: Uint8Array,
    salt: Uint8Array,
    iterations: number,
  ): Promise<Uint8Array>;
  /** So many octets that nobody can predict. */
  randomOctets(length: number): Uint8Array;
  /** Compares in a time that does not depend on where the octets differ. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}

/** What ties a login to the TLS connection below it (RFC 5929, RFC 9266). */
export interface ChannelBinding {
  readonly type: 'tls-exporter' | 'tls-server-end-point';
  readonly data: Uint8Array;
}

/** Whom to log in as, and with what. Which members are there decides which mechanisms can be used. */
export interface Credentials {
  /** The authentication identity. */
  readonly user: string;
  readonly password?: Secret<string> | undefined;
  /** An OAuth 2.0 access token. */
  readonly accessToken?: Secret<string> | undefined;
  /** The identity to act as, where it is another one (RFC 4422 section 2). */
  readonly authorizationId?: string | undefined;
}

/** What a mechanism's exchange gets. */
export interface ExchangeContext {
  readonly credentials: Credentials;
  readonly crypto: CryptoPort;
  /** The host that the user named (OAUTHBEARER sends it). */
  readonly host: string;
  readonly port: number;
  /** The best binding that this connection has; undefined without TLS or where none can be had safely. */
  readonly channelBinding?: ChannelBinding | undefined;
  /** The server offers a -PLUS mechanism of this family (decides between gs2 `y` and `n`). */
  readonly plusOffered: boolean;
  /** How non-ASCII passwords are written: UTF-8, or ISO 8859-1 for servers that predate it. */
  readonly passwordEncoding: 'utf-8' | 'latin1';
  readonly limits: SaslLimits;
}

/** Bounds on what a server may ask of a mechanism. */
export interface SaslLimits {
  /** Most octets in one decoded challenge. */
  readonly challengeOctets: number;
  /** Most octets in a SCRAM nonce, and in a salt. */
  readonly nonceOctets: number;
  /** Fewest and most SCRAM iterations that are accepted. */
  readonly minimumIterations: number;
  readonly maximumIterations: number;
}

/** The defaults: 64 KB a challenge, 1 KB a nonce or salt, 4096 to 600,000 iterations. */
export const defaultSaslLimits: SaslLimits = {
  challengeOctets: 65_536,
  nonceOctets: 1024,
  minimumIterations: 4096,
  maximumIterations: 600_000,
};

/**
 * One run of a mechanism, client side: a small state machine.
 *
 * It throws a {@link SaslError} as soon as a challenge is not what the mechanism allows; nothing is sent then
 * but `*`.
 */
export interface ClientExchange {
  /** Sent with AUTH where it fits, or in answer to an empty first challenge. Undefined: the server speaks first. */
  initialResponse(): Secret<Uint8Array> | undefined;
  /** The answer to a decoded challenge. May be asynchronous (PBKDF2). */
  respond(challenge: Uint8Array): Secret<Uint8Array> | Promise<Secret<Uint8Array>>;
  /**
   * Called when the server said +OK. Throws where the mechanism is not finished: a server that skips a step (SCRAM
   * without its signature) has not proved who it is.
   */
  finish(): void;
  /**
   * Whether anything made from the secret has been handed out so far. Where a mechanism leaves this out, whatever it hands out counts:
   * a refusal that comes later is taken for a verdict on the credentials.
   */
  readonly secretSent?: boolean | undefined;
  /** What the server said about a token that it refused (RFC 7628 section 3.2.2), once it did. */
  readonly tokenError?: TokenError | undefined;
}

/** A decoded OAuth error challenge. */
export interface TokenError {
  readonly status: string;
  readonly scope?: string | undefined;
  readonly schemes?: string | undefined;
}

/** How well a mechanism keeps its secret; it decides where it may be used. */
export type SecretExposure =
  /** The secret itself crosses the wire (PLAIN, LOGIN, USER/PASS, tokens). */
  | 'readable'
  /** A digest crosses the wire; it can be attacked off line (CRAM-MD5, APOP, SCRAM). */
  | 'digest'
  /** No secret crosses the wire (EXTERNAL, ANONYMOUS). */
  | 'none';

/** A SASL mechanism (RFC 4422), client side. Implement it to add one of your own. */
export interface SaslMechanism {
  /** The registered name, in upper case: `SCRAM-SHA-256`. */
  readonly name: string;
  readonly exposure: SecretExposure;
  /** Which credential it takes. */
  readonly needs: 'password' | 'accessToken' | 'certificate' | 'nothing';
  /** True for -PLUS: it can only be used with a channel binding. */
  readonly channelBinding: boolean;
  /** False: the initial response always goes in a line of its own (tokens: Microsoft refuses it otherwise). */
  readonly initialResponseWithAuth: boolean;
  /** Begins a run of the mechanism, for one AUTH command. */
  start(context: ExchangeContext): ClientExchange;
}

/** What a server-side exchange wants to be done next. */
export type ServerStep =
  | { readonly type: 'challenge'; readonly data: Uint8Array }
  | { readonly type: 'success'; readonly user: string; readonly authorizationId?: string | undefined }
  | { readonly type: 'failure'; readonly reason: string };

/** What the server knows of its users. Undefined: no such user, or it may not use this mechanism. */
export interface CredentialStore {
  /** The password in clear, for CRAM-MD5, APOP and SCRAM keys made on the spot. */
  password(user: string): Promise<string | undefined> | string | undefined;
  /** Checks a password; for stores that keep only hashes. Default: compare with `password`. */
  checkPassword?(user: string, password: string): Promise<boolean> | boolean;
  /** Checks an OAuth 2.0 token. */
  checkToken?(user: string, token: string): Promise<boolean> | boolean;
}

/** One run of a mechanism, server side. `initial` is undefined where the client sent no initial response. */
export interface ServerExchange {
  /** Takes the initial response, if there was one, and gives the first challenge or a verdict. */
  start(initial: Uint8Array | undefined): ServerStep | Promise<ServerStep>;
  /** Takes the answer to the last challenge. */
  respond(response: Uint8Array): ServerStep | Promise<ServerStep>;
}

/** What a server-side exchange gets. */
export interface ServerExchangeContext {
  readonly store: CredentialStore;
  readonly crypto: CryptoPort;
  /** The name that goes into challenges. */
  readonly host: string;
  readonly channelBinding?: ChannelBinding | undefined;
  /** The subject that a verified client certificate names (EXTERNAL). */
  readonly certificateUser?: string | undefined;
  /** Seconds since 1970, for challenges. */
  readonly now: () => number;
}

/** A SASL mechanism (RFC 4422), server side. */
export interface ServerSaslMechanism {
  readonly name: string;
  readonly exposure: SecretExposure;
  readonly channelBinding: boolean;
  /** Begins a run of the mechanism, for one AUTH command. */
  start(context: ServerExchangeContext): ServerExchange;
}

import type { Limits } from '../protocol/index.ts';
import type { CredentialStore, ServerSaslMechanism } from '../sasl/index.ts';
import type { ServerTlsOptions } from '../transport/index.ts';
import type { Maildrop } from './maildrop.ts';

/** What a server serves, and how. */
export interface Pop3ServerOptions {
  /** Who may log in: names and passwords, or a store of your own. */
  readonly users: Readonly<Record<string, string>> | CredentialStore;
  /** The maildrop of a user who has logged in. One session at a time has a user's maildrop, whatever is given here. */
  readonly maildrop: (user: string) => Maildrop | Promise<Maildrop>;
  /** Needed for `tls` and `starttls`. */
  readonly tls?: ServerTlsOptions | undefined;
  /** Lets readable passwords cross a connection without TLS. Off by default: such logins are then neither offered nor taken. */
  readonly allowCleartextPassword?: boolean | undefined;
  /**
   * The SASL mechanisms to offer: names, or mechanisms of your own. By default all that the listener and the store allow, ANONYMOUS
   * aside; a store with `checkPassword` allows no digests (SCRAM, CRAM-MD5), as it need not know passwords in clear.
   */
  readonly mechanisms?: readonly (string | ServerSaslMechanism)[] | undefined;
  /** Whether the greeting holds a timestamp for APOP. It needs passwords in clear: true by default where the store has no `checkPassword`. */
  readonly apop?: boolean | undefined;
  /** The name that greetings and challenges hold; `localhost` by default. */
  readonly host?: string | undefined;
  /** The words of the greeting. */
  readonly greeting?: string | undefined;
  /** Whether PIPELINING is announced; true by default. Commands that come together are answered one by one in either case. */
  readonly pipelining?: boolean | undefined;
  /** Whether there is UTF8 (RFC 6856 section 2); true by default. */
  readonly utf8?: boolean | undefined;
  /** Whether there is LANG (RFC 6856 section 3); true by default. */
  readonly lang?: boolean | undefined;
  /** Seconds that a user must let pass between two logins (RFC 2449 section 6.5). */
  readonly loginDelay?: number | undefined;
  /** What to announce about how long messages are kept, in days (RFC 2449 section 6.7). It changes nothing by itself. */
  readonly expire?: number | 'NEVER' | undefined;
  /** What to call ourselves in CAPA; null: nothing. */
  readonly implementation?: string | null | undefined;
  readonly timeouts?: Partial<ServerTimeouts> | undefined;
  /** Milliseconds that the answer to a failed login is held back; 1000 by default. */
  readonly failureDelay?: number | undefined;
  /** How many failed logins end a session; 5 by default. */
  readonly maximumFailures?: number | undefined;
  /** How many lines in a row that are no valid command end a session; 20 by default. */
  readonly maximumInvalidCommands?: number | undefined;
  /** How many connections may be open at once; 1000 by default. More are turned away, with `[SYS/TEMP]` where it can be said. */
  readonly maximumConnections?: number | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Told what happens. No secrets are among it. What it throws is ignored. */
  readonly log?: ((entry: ServerLogEntry) => void) | undefined;
}

/** How long a server waits for a client, in milliseconds. */
export interface ServerTimeouts {
  /** For the TLS handshake; 30,000 by default. */
  readonly handshake: number;
  /** For the whole next command; 600,000 by default, the least that RFC 1939 section 3 allows. */
  readonly idle: number;
  /** From the greeting until the login has succeeded, however busy the client is; 600,000 by default. */
  readonly login: number;
  /** For about 64 KB of answers to be taken; 300,000 by default. */
  readonly write: number;
}

/** What is waited where the caller says nothing. */
export const defaultServerTimeouts: ServerTimeouts = {
  handshake: 30_000,
  idle: 600_000,
  login: 600_000,
  write: 300_000,
};

/** Something that happened. */
export interface ServerLogEntry {
  readonly event:
    | 'connected'
    | 'turned-away'
    | 'tls'
    | 'login'
    | 'login-failed'
    | 'login-refused'
    | 'quit'
    | 'closed'
    | 'error';
  /** The client's address and port; empty where it is about no client. */
  readonly client: string;
  readonly user?: string | undefined;
  /** How the login was done. */
  readonly mechanism?: string | undefined;
  /** The response code of a login that was refused though the credentials are good: `IN-USE`, `LOGIN-DELAY`, ... */
  readonly responseCode?: string | undefined;
  /** How many messages a QUIT removed. */
  readonly removed?: number | undefined;
  readonly error?: unknown;
}

/** How one port is protected: TLS from the first octet, STLS offered, or nothing. */
export type ListenerSecurity = 'tls' | 'starttls' | 'none';

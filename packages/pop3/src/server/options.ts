import type { Limits } from '../protocol/index.ts';
import type { CredentialStore } from '../sasl/index.ts';
import type { ServerTlsOptions } from '../transport/index.ts';
import type { Maildrop } from './maildrop.ts';

/** What a server serves, and how. */
export interface Pop3ServerOptions {
  /** Who may log in: names and passwords, or a store of your own. */
  readonly users: Readonly<Record<string, string>> | CredentialStore;
  /** The maildrop of a user who has logged in. Give the same object for the same user, so that its lock works. */
  readonly maildrop: (user: string) => Maildrop | Promise<Maildrop>;
  /** Needed for `tls` and `starttls`. */
  readonly tls?: ServerTlsOptions | undefined;
  /** Lets readable passwords cross a connection without TLS. Off by default: such logins are then neither offered nor taken. */
  readonly allowCleartextPassword?: boolean | undefined;
  /** The SASL mechanisms to offer, by name; by default all that the listener and the store allow, ANONYMOUS aside. */
  readonly mechanisms?: readonly string[] | undefined;
  /** Whether the greeting holds a timestamp for APOP; true by default. It needs passwords in clear in the store. */
  readonly apop?: boolean | undefined;
  /** The name that greetings and challenges hold. */
  readonly host?: string | undefined;
  /** The words of the greeting. */
  readonly greeting?: string | undefined;
  readonly pipelining?: boolean | undefined;
  /** UTF8 and LANG (RFC 6856); true by default. */
  readonly utf8?: boolean | undefined;
  /** Seconds that a user must let pass between two logins (RFC 2449 section 6.5). */
  readonly loginDelay?: number | undefined;
  /** What to announce about how long messages are kept, in days (RFC 2449 section 6.7). It changes nothing by itself. */
  readonly expire?: number | 'NEVER' | undefined;
  /** What to call ourselves in CAPA; null: nothing. */
  readonly implementation?: string | null | undefined;
  /** Milliseconds without a command after which a session ends; 600,000 by default, the least that RFC 1939 section 3 allows. */
  readonly idleTimeout?: number | undefined;
  /** Milliseconds that the answer to a failed login is held back; 1000 by default. */
  readonly failureDelay?: number | undefined;
  /** How many failed logins end a session; 5 by default. */
  readonly maximumFailures?: number | undefined;
  /** How many connections may be open at once; 1000 by default. More are turned away with `[SYS/TEMP]`. */
  readonly maximumConnections?: number | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /** Told what happens. No secrets are among it. */
  readonly log?: ((entry: ServerLogEntry) => void) | undefined;
}

/** Something that happened. */
export interface ServerLogEntry {
  readonly event: 'connected' | 'login' | 'login-failed' | 'quit' | 'closed' | 'error';
  /** The client's address and port. */
  readonly client: string;
  readonly user?: string | undefined;
  /** How the login was done. */
  readonly mechanism?: string | undefined;
  /** How many messages a QUIT removed. */
  readonly removed?: number | undefined;
  readonly error?: unknown;
}

/** How one port is protected: TLS from the first octet, STLS offered, or nothing. */
export type ListenerSecurity = 'tls' | 'starttls' | 'none';

/** A store over a plain list of names and passwords. */
export function toStore(users: Pop3ServerOptions['users']): CredentialStore {
  if (isStore(users)) return users;
  const passwords = new Map(Object.entries(users));
  return { password: (user) => passwords.get(user) };
}

function isStore(users: Pop3ServerOptions['users']): users is CredentialStore {
  return typeof users['password'] === 'function';
}

import type { CommandKeyword } from './command.ts';

/**
 * The states of a session (RFC 1939 section 3), with three of our own around them: before the greeting, between the answer to
 * STLS and the end of the handshake, and after the end.
 */
export type SessionState =
  | 'GREETING'
  | 'AUTHORIZATION'
  | 'TLS-HANDSHAKE'
  | 'TRANSACTION'
  | 'UPDATE'
  | 'CLOSED';

/** What is allowed where, and the state after a positive answer. A negative answer changes no state, but for QUIT's. */
export const transitions: Readonly<
  Record<SessionState, { readonly [keyword in CommandKeyword]?: SessionState }>
> = {
  GREETING: {},
  AUTHORIZATION: {
    CAPA: 'AUTHORIZATION',
    USER: 'AUTHORIZATION',
    PASS: 'TRANSACTION',
    APOP: 'TRANSACTION',
    AUTH: 'TRANSACTION',
    STLS: 'TLS-HANDSHAKE',
    UTF8: 'AUTHORIZATION',
    LANG: 'AUTHORIZATION',
    QUIT: 'CLOSED',
  },
  'TLS-HANDSHAKE': {},
  TRANSACTION: {
    CAPA: 'TRANSACTION',
    STAT: 'TRANSACTION',
    LIST: 'TRANSACTION',
    UIDL: 'TRANSACTION',
    RETR: 'TRANSACTION',
    TOP: 'TRANSACTION',
    DELE: 'TRANSACTION',
    RSET: 'TRANSACTION',
    NOOP: 'TRANSACTION',
    LANG: 'TRANSACTION',
    QUIT: 'UPDATE',
  },
  UPDATE: {},
  CLOSED: {},
};

/** Commands that change what later octets mean: nothing else may be in flight with them (RFC 2449 section 6.6). */
export const barriers: ReadonlySet<CommandKeyword> = new Set(['PASS', 'APOP', 'AUTH', 'STLS', 'UTF8']);

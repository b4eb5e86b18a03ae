import { defaultLimits, type Limits, withDefaults } from '../protocol/index.ts';
import { type CredentialStore, type ServerSaslMechanism, serverMechanisms } from '../sasl/index.ts';
import {
  defaultServerTimeouts,
  type Pop3ServerOptions,
  type ServerLogEntry,
  type ServerTimeouts,
} from './options.ts';

/** What the sessions of a server share. */
export interface ServerContext {
  readonly options: Pop3ServerOptions;
  readonly store: CredentialStore;
  /** The mechanisms that may be offered, by name: those of the options, otherwise all that there are. */
  readonly mechanisms: ReadonlyMap<string, ServerSaslMechanism>;
  readonly timeouts: ServerTimeouts;
  readonly limits: Limits;
  /** When each user logged in last, in milliseconds that only go up; for LOGIN-DELAY. */
  readonly logins: Map<string, number>;
  /** Whose maildrops sessions have. */
  readonly inUse: Set<string>;
  /** Never throws. */
  readonly log: (entry: ServerLogEntry) => void;
}

/** Whether the store has passwords in clear, which digests are made of: one with a check of its own may have hashes only. */
export function knowsPasswords(store: CredentialStore): boolean {
  return store.checkPassword === undefined;
}

/** The beginning of a server's life. */
export function createContext(options: Pop3ServerOptions): ServerContext {
  return {
    options,
    store: toStore(options.users),
    mechanisms: chooseMechanisms(options.mechanisms),
    timeouts: withDefaults(defaultServerTimeouts, options.timeouts),
    limits: withDefaults(defaultLimits, options.limits),
    logins: new Map(),
    inUse: new Set(),
    log: (entry) => {
      try {
        options.log?.(entry);
      } catch {
        // A broken log must not end sessions.
      }
    },
  };
}

function chooseMechanisms(chosen: Pop3ServerOptions['mechanisms']): ReadonlyMap<string, ServerSaslMechanism> {
  if (chosen === undefined) return new Map([...serverMechanisms].filter(([name]) => name !== 'ANONYMOUS'));
  const own = chosen.filter((one) => typeof one !== 'string');
  const names = chosen.map((one) => (typeof one === 'string' ? one.toUpperCase() : one.name));
  const known = [...serverMechanisms.values()].filter(({ name }) => names.includes(name));
  // One of the caller's own takes the place of ours.
  return new Map([...known, ...own].map((one) => [one.name, one]));
}

function toStore(users: Pop3ServerOptions['users']): CredentialStore {
  if (isStore(users)) return users;
  const passwords = new Map(Object.entries(users));
  return { password: (user) => passwords.get(user) };
}

function isStore(users: Pop3ServerOptions['users']): users is CredentialStore {
  return typeof users['password'] === 'function';
}

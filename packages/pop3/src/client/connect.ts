import {
  ClientConnection,
  CommandRejectedError,
  ConnectionClosedError,
  escapeExcerpt,
  type GreetingEvent,
  LocalProtocolError,
  withDefaults,
} from '../protocol/index.ts';
import {
  connectTransport,
  type Endpoint,
  nodeSearch,
  TlsPolicyError,
  TransportError,
} from '../transport/index.ts';
import { capa } from './capa.ts';
import type { ConnectOptions, Security } from './connect-options.ts';
import { Redactor } from './redact.ts';
import { Session } from './session.ts';
import { stls } from './stls.ts';
import { defaultTimeouts } from './timeout.ts';

/** A session in the AUTHORIZATION state, its capabilities known. */
export interface OpenSession {
  readonly session: Session;
  readonly greeting: GreetingEvent;
}

/** Connects, reads the greeting, protects the connection as asked, and learns what the server offers. */
export async function openSession(options: ConnectOptions): Promise<OpenSession> {
  try {
    return await attempt(options, options.capabilities !== false);
  } catch (error) {
    if (!(error instanceof ClosedByCapa)) throw error;
    return attempt(options, false);
  }
}

/** Some old servers close the connection when they see CAPA. */
class ClosedByCapa extends Error {}

async function firstCapa(session: Session): Promise<void> {
  try {
    await capa(session);
  } catch (error) {
    const closed = error instanceof ConnectionClosedError || error instanceof TransportError;
    throw closed ? new ClosedByCapa('closed by CAPA', { cause: error }) : error;
  }
}

async function attempt(options: ConnectOptions, askCapabilities: boolean): Promise<OpenSession> {
  const { security = 'tls', signal } = options;
  const timeouts = withDefaults(defaultTimeouts, options.timeouts);
  const endpoint = endpointOf(options);
  const redactor = new Redactor();
  const connection = new ClientConnection({
    limits: options.limits,
    quirks: options.quirks,
    search: nodeSearch,
    redact: (text) => redactor.redact(text, true),
  });
  const transport = await connectTransport({
    endpoint,
    security: security === 'tls' ? 'tls' : 'none',
    tls: options.tls,
    connect: options.connect,
    timeouts,
    signal,
  });
  const pipelining = options.pipelining ?? true;
  const session = new Session({
    transport,
    connection,
    redactor,
    timeouts,
    pipelining,
    trace: options.trace,
    signal,
  });
  try {
    const greeting = await session.greeting;
    if (greeting.status === '-ERR') throw greetingRejected(greeting);
    if (askCapabilities) await firstCapa(session);
    if (security === 'starttls') await protect(session, endpoint, askCapabilities);
    return { session, greeting };
  } catch (error) {
    session.destroy(error);
    throw error;
  }
}

async function protect(session: Session, endpoint: Endpoint, askCapabilities: boolean): Promise<void> {
  if (session.capabilities !== undefined && !session.capabilities.has('STLS')) {
    throw new TlsPolicyError(
      'the server does not offer STLS',
      { check: 'stls', endpoint },
      {
        hint: 'Use security "tls" (port 995) instead. Somebody on the way may have hidden STLS, so nothing was sent.',
      },
    );
  }
  try {
    await stls(session);
  } catch (error) {
    if (!(error instanceof CommandRejectedError)) throw error;
    const words = error.text === '' ? 'gave no reason' : `said: ${escapeExcerpt(error.text)}`;
    throw new TlsPolicyError(
      `the server refused STLS and ${words}`,
      { check: 'stls', endpoint },
      {
        cause: error,
        hint: 'Use security "tls" (port 995) instead.',
      },
    );
  }
  if (askCapabilities) await capa(session);
}

const securities: ReadonlySet<string> = new Set<Security>(['tls', 'starttls', 'none']);

function endpointOf({ host, port, security = 'tls' }: ConnectOptions): Endpoint {
  // Out of a configuration it may be anything, and what is none of the others must not be taken for `none`.
  if (!securities.has(security)) {
    throw new LocalProtocolError(
      `security must be "tls", "starttls" or "none", not "${escapeExcerpt(String(security))}"`,
    );
  }
  if (host === '' || /[\0-\x20/]/.test(host)) {
    throw new LocalProtocolError(`"${escapeExcerpt(host)}" is no host name and no IP address`);
  }
  const chosen = port ?? (security === 'tls' ? 995 : 110);
  if (!Number.isInteger(chosen) || chosen < 1 || chosen > 65_535) {
    throw new LocalProtocolError(`${chosen} is no port: a whole number from 1 to 65535 is needed`);
  }
  return { host, port: chosen };
}

function greetingRejected({ text, responseCode }: GreetingEvent): CommandRejectedError {
  const words = text === '' ? 'without a reason' : `with: ${escapeExcerpt(text, 300)}`;
  return new CommandRejectedError(
    `the server turned us away in its greeting, ${words}`,
    { text, responseCode, fatal: true },
    {
      hint:
        responseCode?.transient === false ? undefined : 'It may have too many connections: try again later.',
    },
  );
}

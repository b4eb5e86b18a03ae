import { connect, type Socket } from 'node:net';
import { domainToASCII } from 'node:url';
import { type Endpoint, formatEndpoint } from './endpoint.ts';
import { TransportError, type TransportPhase } from './error.ts';
import { waitForEvent } from './wait.ts';

// Node gives up on an address when the next one's turn comes, so its own 250 ms would cut off hosts that are far away.
const attemptMilliseconds = 1000;
const keepAliveMilliseconds = 60_000;

/** Opens a TCP connection: all addresses of the host in turn, IPv6 and IPv4 (RFC 8305 as far as Node has it). */
export async function connectTcp(
  endpoint: Endpoint,
  wait: { readonly milliseconds: number; readonly signal?: AbortSignal | undefined },
): Promise<Socket> {
  const socket = connect({
    host: toAsciiHost(endpoint.host),
    port: endpoint.port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: attemptMilliseconds,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMilliseconds,
  });
  await waitForEvent(socket, 'connect', {
    phase: 'connect',
    endpoint,
    ...wait,
    failed: (cause) => describeConnectFailure(cause, endpoint),
  });
  return socket;
}

/** The form of a host name that goes into DNS and TLS: `münchen.example` is `xn--mnchen-3ya.example`. */
export function toAsciiHost(host: string): string {
  return domainToASCII(host) || host;
}

interface Failure {
  readonly phase?: TransportPhase;
  readonly what: string;
  readonly hint: string;
  readonly transient: boolean;
}

const failures: Readonly<Record<string, Failure>> = {
  ENOTFOUND: {
    phase: 'resolve',
    what: 'there is no host of that name',
    hint: 'Check the spelling of the host name, and the network.',
    transient: false,
  },
  ENODATA: {
    phase: 'resolve',
    what: 'the host name has no address',
    hint: 'Check the spelling of the host name; mail may be fetched from another name than the domain itself.',
    transient: false,
  },
  EAI_AGAIN: {
    phase: 'resolve',
    what: 'the host name could not be looked up just now',
    hint: 'Check the network and its name servers, then try again.',
    transient: true,
  },
  ECONNREFUSED: {
    what: 'the connection was refused',
    hint: 'Check the port (995 for implicit TLS, 110 otherwise), and that the server is running.',
    transient: true,
  },
  ETIMEDOUT: {
    what: 'no address of the host answered',
    hint: 'Check the host and the port; a firewall may drop the connection.',
    transient: true,
  },
  ECONNRESET: {
    what: 'the connection was reset before it was made',
    hint: 'Try again later; a firewall or the server may refuse this client.',
    transient: true,
  },
  EHOSTUNREACH: {
    what: 'the host cannot be reached',
    hint: 'Check the network and the host.',
    transient: true,
  },
  ENETUNREACH: {
    what: 'the network of the host cannot be reached',
    hint: 'Check the network: the host may have IPv6 addresses only.',
    transient: true,
  },
  EACCES: {
    what: 'this machine does not allow the connection',
    hint: 'Check the local firewall and the sandbox that this program runs in.',
    transient: false,
  },
};

/** The error for a connection that was not made. */
export function describeConnectFailure(cause: Error | undefined, endpoint: Endpoint): TransportError {
  const { code, addresses } = summarize(cause);
  const known = code === undefined ? undefined : failures[code];
  const phase = known?.phase ?? 'connect';
  const what = known?.what ?? `the connection could not be made (${cause?.message || code || 'closed'})`;
  const tried = addresses.length > 1 && phase === 'connect' ? `; tried ${addresses.join(', ')}` : '';
  const where = phase === 'resolve' ? endpoint.host : formatEndpoint(endpoint);
  return new TransportError(
    `${where}: ${what}${tried}`,
    { phase, endpoint, transient: known?.transient },
    { cause, hint: known?.hint ?? 'Check the host and the port.' },
  );
}

type SystemError = Error & { readonly code?: unknown; readonly address?: unknown };

/** The code and the addresses of a failure, also where several addresses failed and Node reports them together. */
function summarize(cause: SystemError | undefined): { code: string | undefined; addresses: string[] } {
  const all: SystemError[] = cause instanceof AggregateError ? cause.errors : cause ? [cause] : [];
  const code = cause?.code ?? all[0]?.code;
  return {
    code: typeof code === 'string' ? code : undefined,
    addresses: all.flatMap(({ address }) => (typeof address === 'string' ? [address] : [])),
  };
}

import type { Duplex } from 'node:stream';
import { isPop3Error } from '../protocol/index.ts';
import { systemClock } from './deadline.ts';
import { type Endpoint, formatEndpoint } from './endpoint.ts';
import { TimeoutError, TransportError } from './error.ts';
import { SocketTransport } from './socket-transport.ts';
import { connectTcp } from './tcp.ts';
import { refuseBlindTrust, secureClient } from './tls.ts';
import { readTlsOptions, type TlsOptions } from './tls-options.ts';
import type { Transport } from './transport.ts';

/** Opens the stream that everything runs over, through a proxy for instance. It must end with the signal's reason when aborted. */
export type ConnectHook = (endpoint: Endpoint, signal: AbortSignal) => Promise<Duplex>;

/** Where to connect, and how. */
export interface ConnectTransportOptions {
  readonly endpoint: Endpoint;
  /** `tls`: from the first octet. `none`: in clear, until `upgrade` is called. */
  readonly security: 'tls' | 'none';
  readonly tls?: TlsOptions | undefined;
  /** In the place of a TCP connection. */
  readonly connect?: ConnectHook | undefined;
  /** In milliseconds: `connect` for the name and the connection, `tls` for a handshake, also that of `upgrade`. */
  readonly timeouts: { readonly connect: number; readonly tls: number };
  /** Ends the attempt; it rejects with the signal's reason. Of no effect once it has resolved. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a connection.
 *
 * @throws TransportError, TimeoutError, TlsPolicyError; LocalProtocolError where the TLS options are unsound, before
 * anything is connected to.
 */
export async function connectTransport(options: ConnectTransportOptions): Promise<Transport> {
  const { endpoint, security, timeouts, signal } = options;
  signal?.throwIfAborted();
  const settings = readTlsOptions(options.tls);
  if (security === 'tls') refuseBlindTrust(endpoint);
  const handshake = (socket: Duplex, abort: AbortSignal | undefined) =>
    secureClient(socket, endpoint, settings, { milliseconds: timeouts.tls, signal: abort });

  const plain =
    options.connect === undefined
      ? await connectTcp(endpoint, { milliseconds: timeouts.connect, signal })
      : await connectByHook(options.connect, endpoint, timeouts.connect, signal);
  if (security === 'none') return new SocketTransport(plain, endpoint, handshake);
  const { socket, state } = await handshake(plain, signal);
  return new SocketTransport(socket, endpoint, handshake, state);
}

async function connectByHook(
  connect: ConnectHook,
  endpoint: Endpoint,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const timeout = new AbortController();
  const cancelTimer = systemClock.schedule(milliseconds, () =>
    timeout.abort(new TimeoutError({ phase: 'proxy', milliseconds, endpoint })),
  );
  const either = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal;
  try {
    return await raceSignal(connect(endpoint, either), either);
  } catch (cause) {
    either.throwIfAborted();
    if (isPop3Error(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TransportError(
      `${formatEndpoint(endpoint)} could not be reached through the proxy: ${reason}`,
      { phase: 'proxy', endpoint },
      { cause, hint: "Check the proxy's address and login, and that it allows this host and port." },
    );
  } finally {
    cancelTimer();
  }
}

/** A hook that ignores its signal is left behind; a stream that it still gives is destroyed. */
function raceSignal(pending: Promise<Duplex>, signal: AbortSignal): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      pending.then(
        (late) => late.destroy(),
        () => {},
      );
      reject(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

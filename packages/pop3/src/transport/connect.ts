import type { Duplex } from 'node:stream';
import type { Endpoint } from './endpoint.ts';
import { TimeoutError, TransportError } from './error.ts';
import { SocketTransport } from './socket-transport.ts';
import { connectTcp, describeConnectFailure } from './tcp.ts';
import { secureSocket } from './tls.ts';
import { readTlsOptions, type TlsOptions } from './tls-options.ts';
import type { Transport } from './transport.ts';

/** Makes the TCP connection in the place of this package, through a proxy for instance. */
export type ConnectHook = (endpoint: Endpoint, signal: AbortSignal) => Promise<Duplex>;

/** Where to connect, and how. */
export interface ConnectTransportOptions {
  readonly endpoint: Endpoint;
  /** `tls`: from the first octet. `none`: not yet, but `upgrade` can be called later. */
  readonly security: 'tls' | 'none';
  readonly tls?: TlsOptions | undefined;
  readonly connect?: ConnectHook | undefined;
  /** In milliseconds. */
  readonly timeouts: { readonly connect: number; readonly tls: number };
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects, and runs the TLS handshake where it is asked for.
 *
 * @throws TransportError, TimeoutError, TlsPolicyError; LocalProtocolError where the TLS options are unsound; the signal's reason.
 */
export async function connectTransport(options: ConnectTransportOptions): Promise<Transport> {
  const { endpoint, timeouts, signal } = options;
  signal?.throwIfAborted();
  const settings = readTlsOptions(options.tls);
  const socket =
    options.connect === undefined
      ? await connectTcp(endpoint, { milliseconds: timeouts.connect, signal })
      : await connectByHook(options.connect, options);
  const handshake = (raw: Duplex, aborted?: AbortSignal) =>
    secureSocket(raw, { endpoint, settings, milliseconds: timeouts.tls, signal: aborted });
  if (options.security === 'none') return new SocketTransport(socket, endpoint, handshake);
  const secured = await handshake(socket, signal);
  return new SocketTransport(secured.socket, endpoint, handshake, secured.state);
}

// A hook may ignore its signal; the wait ends all the same.
function connectByHook(hook: ConnectHook, options: ConnectTransportOptions): Promise<Duplex> {
  const { endpoint, signal, timeouts } = options;
  const controller = new AbortController();
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      settle();
      controller.abort(error);
      reject(error);
    };
    const onAbort = (): void => fail(signal?.reason);
    const timer = setTimeout(
      () => fail(new TimeoutError({ phase: 'connect', milliseconds: timeouts.connect, endpoint })),
      timeouts.connect,
    );
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort);
    hook(endpoint, controller.signal).then(
      (socket) => {
        settle();
        if (controller.signal.aborted) socket.destroy();
        else resolve(socket);
      },
      (error: unknown) => {
        if (error instanceof TransportError) fail(error);
        else fail(error instanceof Error ? describeConnectFailure(error, endpoint) : error);
      },
    );
  });
}

import { type Duplex, duplexPair } from 'node:stream';
import { AcceptedSocketTransport } from './accept.ts';
import type { Endpoint } from './endpoint.ts';
import { SocketTransport } from './socket-transport.ts';
import { secureSocket } from './tls.ts';
import { readTlsOptions, type TlsOptions } from './tls-options.ts';
import type { AcceptedTransport, Transport } from './transport.ts';

/** How an in-memory pair behaves. */
export interface MemoryPairOptions {
  /** The client's TLS options, for `upgrade`. */
  readonly tls?: TlsOptions | undefined;
  readonly endpoint?: Endpoint | undefined;
}

/** A client's and a server's end of a connection that never leaves the process: for tests, and for embedding. */
export function createMemoryPair(
  options: MemoryPairOptions = {},
): [client: Transport, server: AcceptedTransport] {
  const { endpoint = { host: 'localhost', port: 110 } } = options;
  const [client, server] = duplexPair();
  const handshake = (raw: Duplex, signal?: AbortSignal) =>
    secureSocket(raw, { endpoint, settings: readTlsOptions(options.tls), milliseconds: 30_000, signal });
  return [
    new SocketTransport(client, endpoint, handshake),
    new AcceptedSocketTransport(server, { host: 'localhost', port: 1 }),
  ];
}

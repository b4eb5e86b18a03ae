/**
 * Sockets, TLS and deadlines: what the client and the server run on.
 *
 * @module @postrider/pop3/transport
 */
export { acceptTransport } from './accept.ts';
export { type ConnectHook, type ConnectTransportOptions, connectTransport } from './connect.ts';
export { type Clock, systemClock, Watchdog, type WatchdogOptions } from './deadline.ts';
export { type Endpoint, formatEndpoint } from './endpoint.ts';
export {
  TimeoutError,
  type TimeoutPhase,
  type TlsCheck,
  type TlsPolicyDetails,
  TlsPolicyError,
  TransportError,
  type TransportPhase,
} from './error.ts';
export { createMemoryPair, type MemoryPairOptions } from './memory.ts';
export { nodeCrypto } from './node-crypto.ts';
export { nodeSearch } from './search.ts';
export { readServerTlsOptions, type TlsOptions } from './tls-options.ts';
export type {
  AcceptedTlsState,
  AcceptedTransport,
  CertificateSummary,
  HandshakeWait,
  OctetStream,
  ServerTlsOptions,
  TlsState,
  Transport,
} from './transport.ts';

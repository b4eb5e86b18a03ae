import { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { LocalProtocolError } from '../protocol/index.ts';
import { serverEndPoint, summarizeCertificate } from './certificate.ts';
import type { Endpoint } from './endpoint.ts';
import { SocketStream } from './socket-stream.ts';
import { exporterBinding, peerCertificate } from './tls.ts';
import { handshakeFailed } from './tls-failure.ts';
import { readServerTlsOptions } from './tls-options.ts';
import type { AcceptedTlsState, AcceptedTransport, HandshakeWait, ServerTlsOptions } from './transport.ts';
import { waitForEvent } from './wait.ts';

/** A connection from a client over a socket, or over any other duplex stream. */
export class AcceptedSocketTransport extends SocketStream implements AcceptedTransport {
  #tls: AcceptedTlsState | undefined;

  /** `endpoint` is the client's. */
  constructor(socket: Duplex, endpoint: Endpoint) {
    super(socket, endpoint);
  }

  get tls(): AcceptedTlsState | undefined {
    return this.#tls;
  }

  async secure(options: ServerTlsOptions, wait: HandshakeWait = {}): Promise<void> {
    if (this.#tls) throw new LocalProtocolError('the connection has TLS already');
    const secureContext = readServerTlsOptions(options);
    await this.exchange(async (raw, signal) => {
      const socket = new TLSSocket(raw, {
        isServer: true,
        secureContext,
        requestCert: options.requestCert === true,
        // A client without a good certificate can still log in with a password.
        rejectUnauthorized: false,
      });
      const { milliseconds = 30_000 } = wait;
      const signals = wait.signal === undefined ? signal : AbortSignal.any([signal, wait.signal]);
      await waitForEvent(socket, 'secure', {
        phase: 'tls',
        endpoint: this.endpoint,
        milliseconds,
        signal: signals,
        failed: (cause) => {
          raw.destroy();
          return handshakeFailed(this.endpoint, cause);
        },
      });
      this.#tls = describeState(socket, options);
      return socket;
    });
  }
}

function describeState(socket: TLSSocket, options: ServerTlsOptions): AcceptedTlsState {
  const der = socket.authorized || isVerified(socket) ? peerCertificate(socket) : undefined;
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName ?? socket.getCipher().name,
    channelBinding:
      exporterBinding(socket) ?? serverEndPoint(new Uint8Array(new X509Certificate(options.cert).raw)),
    clientCertificate: der && summarizeCertificate(der),
    clientName: der && commonName(new X509Certificate(der).subject),
  };
}

// Node sets `authorized` on sockets of its own server only; this is what it would ask.
function isVerified(socket: TLSSocket & { readonly _handle?: unknown }): boolean {
  const handle = socket._handle;
  if (typeof handle !== 'object' || handle === null || !('verifyError' in handle)) return false;
  const { verifyError } = handle;
  if (typeof verifyError !== 'function') return false;
  const error: unknown = verifyError.call(handle);
  return error === null || error === undefined;
}

function commonName(subject: string | undefined): string | undefined {
  const names = (subject ?? '').split('\n').filter((line) => line.startsWith('CN='));
  return names.length === 1 ? names[0]?.slice(3) : undefined;
}

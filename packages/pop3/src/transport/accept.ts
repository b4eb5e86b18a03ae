import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer, type SecureContext, TLSSocket } from 'node:tls';
import { LocalProtocolError } from '../protocol/index.ts';
import { serverEndPoint, summarizeCertificate } from './certificate.ts';
import type { Endpoint } from './endpoint.ts';
import { SocketStream } from './socket-stream.ts';
import { exporterBinding, rawCertificate } from './tls.ts';
import { handshakeFailed } from './tls-failure.ts';
import { readServerTlsOptions } from './tls-options.ts';
import type { AcceptedTlsState, AcceptedTransport, HandshakeWait, ServerTlsOptions } from './transport.ts';
import { type WaitOptions, waitForEvent } from './wait.ts';

/**
 * Takes on a socket that a `net.Server` accepted. For implicit TLS call `secure` at once; for STLS after the +OK was
 * written. A server that has ended its side (`allowHalfOpen`) is still read from.
 */
export function acceptTransport(socket: Socket): AcceptedTransport {
  const endpoint = { host: socket.remoteAddress ?? 'unknown', port: socket.remotePort ?? 0 };
  socket.setNoDelay(true);
  return new AcceptedSocket(socket, endpoint);
}

class AcceptedSocket extends SocketStream implements AcceptedTransport {
  #tls: AcceptedTlsState | undefined;

  get tls(): AcceptedTlsState | undefined {
    return this.#tls;
  }

  async secure(options: ServerTlsOptions, wait: HandshakeWait = {}): Promise<void> {
    if (this.#tls) throw new LocalProtocolError('the connection has TLS already');
    const context = secureContextOf(options);
    await this.exchange(async (plain, aborted) => {
      const signal = wait.signal ? AbortSignal.any([wait.signal, aborted]) : aborted;
      const milliseconds = wait.milliseconds ?? 30_000;
      // Who ends its side in the middle of a handshake will never finish it.
      const { allowHalfOpen } = plain;
      plain.allowHalfOpen = false;
      const socket = await secureServer(plain, this.endpoint, options, context, { milliseconds, signal });
      socket.allowHalfOpen = allowHalfOpen;
      this.#tls = inspectClient(socket);
      return socket;
    });
  }
}

async function secureServer(
  plain: Duplex,
  endpoint: Endpoint,
  options: ServerTlsOptions,
  secureContext: SecureContext,
  wait: { readonly milliseconds: number; readonly signal: AbortSignal },
): Promise<TLSSocket> {
  const failed = (cause: Error | undefined): Error => handshakeFailed(endpoint, cause);
  const waiting = { phase: 'tls', endpoint, ...wait, failed } as const;
  if (options.requestCert === true) return secureWithClientCertificate(plain, options, waiting);
  const socket = new TLSSocket(plain, { isServer: true, secureContext });
  // What goes wrong behind the handshake, and too many renegotiations, such a socket tells its `tls.Server` only, and it has none.
  socket.on('_tlsError', (error: Error) => socket.destroy(error));
  await waitForEvent(socket, 'secure', waiting);
  return socket;
}

const secured = 'secured';

// The platform judges a client's certificate in a `tls.Server` only; on a socket of its own `authorized` stays false.
async function secureWithClientCertificate(
  plain: Duplex,
  { cert, key, passphrase, clientCa, minVersion = 'TLSv1.2' }: ServerTlsOptions,
  waiting: WaitOptions,
): Promise<TLSSocket> {
  let socket: TLSSocket | undefined;
  const server = createServer({
    cert,
    key,
    minVersion,
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(clientCa === undefined ? {} : { ca: typeof clientCa === 'string' ? clientCa : [...clientCa] }),
    requestCert: true,
    // Who has no certificate, or one of somebody else's, may still log in with a password.
    rejectUnauthorized: false,
  });
  server
    .once('secureConnection', (one) => {
      socket = one.on('error', () => {});
      plain.emit(secured);
    })
    .once('tlsClientError', (error) => plain.destroy(error));
  // It never listens: this one connection is put into it.
  server.emit('connection', plain);
  await waitForEvent(plain, secured, waiting);
  if (socket === undefined) throw waiting.failed(undefined);
  return socket;
}

// Reading keys takes a millisecond; a server uses the same options for each connection.
const contexts = new WeakMap<ServerTlsOptions, SecureContext>();

function secureContextOf(options: ServerTlsOptions): SecureContext {
  const known = contexts.get(options);
  if (known) return known;
  const context = readServerTlsOptions(options);
  contexts.set(options, context);
  return context;
}

function inspectClient(socket: TLSSocket): AcceptedTlsState {
  const verified = socket.authorized ? rawCertificate(socket) : undefined;
  const own = socket.getCertificate();
  const ownRaw = own && 'raw' in own ? own.raw : undefined;
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
    channelBinding: exporterBinding(socket) ?? (ownRaw && serverEndPoint(ownRaw)),
    clientCertificate: verified && summarizeCertificate(verified),
    clientName: verified && commonName(socket),
  };
}

/** Several common names are no name: which one counts would be anybody's guess. */
function commonName(socket: TLSSocket): string | undefined {
  const name: unknown = socket.getPeerCertificate().subject.CN;
  return typeof name === 'string' ? name : undefined;
}

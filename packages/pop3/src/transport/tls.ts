import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { ChannelBinding } from '../sasl/index.ts';
import { serverEndPoint, summarizeCertificate } from './certificate.ts';
import { type Endpoint, formatEndpoint } from './endpoint.ts';
import { type TlsCheck, TlsPolicyError } from './error.ts';
import { toAsciiHost } from './tcp.ts';
import { certificateRejected, checkOfCode, handshakeFailed } from './tls-failure.ts';
import type { TlsSettings } from './tls-options.ts';
import type { CertificateSummary, TlsState } from './transport.ts';
import { waitForEvent } from './wait.ts';

/** A socket with TLS, its peer verified. */
export interface SecuredSocket {
  readonly socket: Duplex;
  readonly state: TlsState;
}

/** What a handshake needs besides the socket. */
export interface HandshakeOptions {
  readonly endpoint: Endpoint;
  readonly settings: TlsSettings;
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Client side of a TLS handshake over a connected socket. When it resolves, the certificate is verified: by chain, name and dates, by its pin,
 * or by all of them.
 *
 * @throws TlsPolicyError where the certificate does not pass; nothing was sent then.
 */
export async function secureSocket(raw: Duplex, options: HandshakeOptions): Promise<SecuredSocket> {
  const { endpoint, settings } = options;
  try {
    refuseUncheckedEnvironment(endpoint);
  } catch (error) {
    raw.destroy();
    throw error;
  }
  const host = toAsciiHost(endpoint.host);
  let identityCheck: TlsCheck | undefined;
  const socket = connectTls({
    socket: raw,
    secureContext: settings.context,
    // With a pin alone, the key is compared below, before anything is sent.
    rejectUnauthorized: settings.verifyChain,
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    checkServerIdentity: (_, certificate) => {
      const failure = checkIdentity(host, certificate);
      identityCheck = failure?.check;
      return failure?.error;
    },
  });
  // Node destroys the socket before it reports a failed verification: this is the last chance to see the certificate.
  let shown: Uint8Array | undefined;
  socket.prependOnceListener('secure', () => {
    shown = peerCertificate(socket);
  });
  await waitForEvent(socket, 'secureConnect', {
    ...options,
    phase: 'tls',
    failed: (cause: (Error & { readonly code?: unknown }) | undefined) => {
      raw.destroy();
      const check = identityCheck ?? checkOfCode(cause?.code);
      if (check === undefined) return handshakeFailed(endpoint, cause);
      return certificateRejected(check, endpoint, shown && summarizeCertificate(shown), cause);
    },
  });
  return { socket, state: verifiedState(socket, options) };
}

function verifiedState(socket: TLSSocket, { endpoint, settings }: HandshakeOptions): TlsState {
  try {
    const der = peerCertificate(socket);
    if (der === undefined) throw handshakeFailed(endpoint, new Error('the server showed no certificate'));
    const certificate = summarizeCertificate(der);
    if (settings.verifyChain && !socket.authorized)
      throw certificateRejected('certificate', endpoint, certificate);
    if (settings.pin !== undefined && settings.pin !== certificate.pin) {
      throw certificateRejected('pin', endpoint, certificate);
    }
    return describeState(socket, der, certificate, settings.clientCertificate);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function describeState(
  socket: TLSSocket,
  der: Uint8Array,
  peerCertificate: CertificateSummary,
  clientCertificate: boolean,
): TlsState {
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName ?? socket.getCipher().name,
    peerCertificate,
    channelBinding: exporterBinding(socket) ?? serverEndPoint(der),
    clientCertificate,
  };
}

/**
 * The tls-exporter channel binding (RFC 9266). Only with TLS 1.3: with TLS 1.2 it would need the extended master secret, and Node does not say
 * whether that was agreed upon.
 */
export function exporterBinding(socket: TLSSocket): ChannelBinding | undefined {
  if (socket.getProtocol() !== 'TLSv1.3' || typeof socket.exportKeyingMaterial !== 'function')
    return undefined;
  const data = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  return { type: 'tls-exporter', data: new Uint8Array(data) };
}

/** The peer's certificate in DER, where it showed one. */
export function peerCertificate(socket: TLSSocket): Uint8Array | undefined {
  const { raw } = socket.getPeerCertificate();
  return raw === undefined ? undefined : new Uint8Array(raw);
}

interface IdentityFailure {
  readonly check: TlsCheck;
  readonly error: Error;
}

function checkIdentity(host: string, certificate: PeerCertificate): IdentityFailure | undefined {
  const error = checkServerIdentity(host, certificate);
  if (certificate.subjectaltname === undefined || certificate.subjectaltname === '') {
    return { check: 'common-name-only', error: error ?? new Error('the certificate has no subjectAltName') };
  }
  return error && { check: 'host', error };
}

// Node would not verify anything, whatever we ask for in some versions; and whoever set it should know that it does not work here.
function refuseUncheckedEnvironment(endpoint: Endpoint): void {
  if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new TlsPolicyError(
    `no TLS connection to ${formatEndpoint(endpoint)}: NODE_TLS_REJECT_UNAUTHORIZED=0 is set, which switches certificate checks off`,
    { check: 'environment', endpoint },
    {
      hint: 'Unset it. To trust a private authority, give its certificate as the CA; to trust one key, give its pin.',
    },
  );
}

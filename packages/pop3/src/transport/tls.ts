import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { ChannelBinding } from '../sasl/index.ts';
import { serverEndPoint, summarizeCertificate } from './certificate.ts';
import type { Endpoint } from './endpoint.ts';
import { TlsPolicyError, type TransportError } from './error.ts';
import { toAsciiHost } from './tcp.ts';
import { certificateRejected, checkOfCode, handshakeFailed } from './tls-failure.ts';
import type { TlsSettings } from './tls-options.ts';
import type { TlsState } from './transport.ts';
import { waitForEvent } from './wait.ts';

/** A socket whose peer has proved who it is. */
export interface SecuredSocket {
  readonly socket: TLSSocket;
  readonly state: TlsState;
}

/**
 * Runs the client's side of a TLS handshake. When it resolves the certificate has been verified, and nothing but the
 * handshake has been sent.
 */
export async function secureClient(
  plain: Duplex,
  endpoint: Endpoint,
  settings: TlsSettings,
  wait: { readonly milliseconds: number; readonly signal?: AbortSignal | undefined },
): Promise<SecuredSocket> {
  refuseBlindTrust(endpoint);
  const host = toAsciiHost(endpoint.host);
  let shown: Uint8Array | undefined;
  const socket = connect({
    socket: plain,
    host,
    secureContext: settings.context,
    rejectUnauthorized: settings.verifyChain,
    // What is checked is the name that the user typed, whatever name TLS itself went by.
    checkServerIdentity: (_, certificate) => checkName(host, certificate),
    ...(isIP(host) === 0 && { servername: host.replace(/\.$/, '') }),
  });
  // Once the verification fails the certificate is out of reach; `secure` comes just before it.
  socket.prependListener('secure', () => {
    shown = rawCertificate(socket);
  });
  await waitForEvent(socket, 'secureConnect', {
    phase: 'tls',
    endpoint,
    ...wait,
    failed: (cause) => describeFailure(endpoint, cause, shown),
  });
  try {
    return { socket, state: inspectPeer(socket, endpoint, settings) };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** @throws TlsPolicyError where the environment makes Node accept any certificate (ours are verified even so, others' are not). */
export function refuseBlindTrust(endpoint: Endpoint): void {
  if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new TlsPolicyError(
    'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: this process would take any certificate for the right one',
    { check: 'environment', endpoint },
    { hint: 'Unset it. To trust a certificate of your own, give its authority as the CA, or its pin.' },
  );
}

function inspectPeer(socket: TLSSocket, endpoint: Endpoint, settings: TlsSettings): TlsState {
  const raw = rawCertificate(socket);
  if (raw === undefined) throw handshakeFailed(endpoint, new Error('the server showed no certificate'));
  const peerCertificate = summarizeCertificate(raw);
  if (settings.verifyChain && !socket.authorized) {
    throw certificateRejected('certificate', endpoint, peerCertificate, socket.authorizationError);
  }
  if (settings.pin !== undefined && settings.pin !== peerCertificate.pin) {
    throw certificateRejected('pin', endpoint, peerCertificate);
  }
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
    peerCertificate,
    channelBinding: exporterBinding(socket) ?? serverEndPoint(raw),
    clientCertificate: settings.clientCertificate,
  };
}

/**
 * The tls-exporter channel binding (RFC 9266). Only under TLS 1.3: TLS 1.2 would need the extended master secret, and
 * Node does not tell whether it was used.
 */
export function exporterBinding(socket: TLSSocket): ChannelBinding | undefined {
  if (socket.getProtocol() !== 'TLSv1.3') return undefined;
  try {
    const data = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    return { type: 'tls-exporter', data: new Uint8Array(data) };
  } catch {
    // Not every runtime has it.
    return undefined;
  }
}

/** The certificate that the peer showed, in DER. */
export function rawCertificate(socket: TLSSocket): Uint8Array | undefined {
  const certificate: Partial<PeerCertificate> | null = socket.getPeerCertificate();
  return certificate?.raw;
}

interface NameMismatch extends Error {
  commonNameOnly?: boolean;
}

function checkName(host: string, certificate: PeerCertificate): Error | undefined {
  const mismatch: NameMismatch | undefined = checkServerIdentity(host, certificate);
  if (/(?:^|, )(?:DNS|IP Address):/.test(certificate.subjectaltname ?? '')) return mismatch;
  // Node falls back to the common name, which no public authority vouches for any more.
  const error: NameMismatch = mismatch ?? new Error('the certificate has no subjectAltName');
  error.commonNameOnly = true;
  return error;
}

function describeFailure(
  endpoint: Endpoint,
  cause: (NameMismatch & { code?: unknown; cert?: Partial<PeerCertificate> }) | undefined,
  shown: Uint8Array | undefined,
): TlsPolicyError | TransportError {
  const check = cause?.commonNameOnly ? 'common-name-only' : checkOfCode(cause?.code);
  if (check === undefined) return handshakeFailed(endpoint, cause);
  const raw = shown ?? cause?.cert?.raw;
  return certificateRejected(check, endpoint, raw && summarizeCertificate(raw), cause);
}

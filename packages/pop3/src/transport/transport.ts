import type { ChannelBinding } from '../sasl/index.ts';

/** Where a connection goes. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What is known of the TLS layer once the handshake is done and the certificate verified. */
export interface TlsState {
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly version: string;
  readonly cipher: string;
  readonly peerCertificate: CertificateSummary;
  /** The best channel binding that can safely be used, if any. */
  readonly channelBinding: ChannelBinding | undefined;
  /** A client certificate was sent (EXTERNAL can be used). */
  readonly clientCertificate: boolean;
}

/** The parts of a certificate that people need in order to judge it. */
export interface CertificateSummary {
  readonly subject: string;
  readonly issuer: string;
  /** The DNS names and IP addresses it is good for. */
  readonly names: readonly string[];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the subject public key info, base64 (RFC 7469 section 2.4). */
  readonly pin: string;
}

/**
 * An ordered, reliable stream of octets, and its TLS state.
 *
 * Only one `read` and one `upgrade` at a time. A chunk that `read` gave belongs to the reader: nothing writes to it
 * any more.
 */
export interface Transport {
  readonly endpoint: Endpoint;
  /** Undefined: whatever is sent can be read on the way. */
  readonly tls: TlsState | undefined;
  /**
   * The next octets, or null at a clean end of the stream. Rejects with a TransportError when the connection broke,
   * also when TCP ended without TLS's close_notify.
   */
  read(): Promise<Uint8Array | null>;
  /** Resolves when the octets were handed over and more may be written (back-pressure). One call, one write. */
  write(octets: Uint8Array): Promise<void>;
  /** Client side of STLS: runs the handshake over this connection. Afterwards `tls` is set. */
  upgrade(): Promise<void>;
  /** Ends the connection in good order: what was written is still delivered. */
  close(): Promise<void>;
  /** Ends the connection at once. `read` and `write` reject with `reason`. Never throws. */
  destroy(reason?: Error): void;
}

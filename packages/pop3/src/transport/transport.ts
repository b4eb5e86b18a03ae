import type { ChannelBinding } from '../sasl/index.ts';
import type { Endpoint } from './endpoint.ts';

/** What is known of the TLS layer once the handshake is done and the certificate verified. */
export interface TlsState {
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly version: string;
  readonly cipher: string;
  readonly peerCertificate: CertificateSummary;
  /** The best channel binding that can safely be used, if any. */
  readonly channelBinding: ChannelBinding | undefined;
  /** A client certificate was at the server's disposal (EXTERNAL can be used). */
  readonly clientCertificate: boolean;
}

/** What a server knows of the TLS layer once the handshake is done. */
export interface AcceptedTlsState {
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly version: string;
  readonly cipher: string;
  readonly channelBinding: ChannelBinding | undefined;
  /** The client's certificate, where it was asked for, sent, and issued by an authority that the server trusts. */
  readonly clientCertificate: CertificateSummary | undefined;
  /** The common name of that certificate, where it has exactly one: who the client is (EXTERNAL). */
  readonly clientName: string | undefined;
}

/** The parts of a certificate that people need in order to judge it. Names and subjects come escaped to one line. */
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
 * An ordered, reliable stream of octets.
 *
 * Only one `read` at a time. A chunk that `read` gave belongs to the reader: nothing writes to it any more. Octets given
 * to `write` belong to the stream.
 */
export interface OctetStream {
  /** The other end. */
  readonly endpoint: Endpoint;
  /**
   * The next octets, never an empty chunk, or null at the end of the stream (again and again). Rejects with a
   * TransportError when the connection broke. What came before the break is read first.
   */
  read(): Promise<Uint8Array | null>;
  /** Resolves when the octets were handed over, so that more may be written (back-pressure). One call, one write. */
  write(octets: Uint8Array): Promise<void>;
  /** Ends the connection in good order: what was written is still delivered. Never rejects. */
  close(): Promise<void>;
  /** Ends the connection at once. `read` and `write` reject with `reason`. Never throws. */
  destroy(reason?: Error): void;
}

/** A connection to a server, and its TLS state. */
export interface Transport extends OctetStream {
  /** Undefined: whatever is sent can be read on the way. */
  readonly tls: TlsState | undefined;
  /**
   * Client side of STLS: runs the handshake over this connection. Afterwards `tls` is set. Rejects, and ends the
   * connection, with a RemoteProtocolError where octets were received that nobody has read.
   */
  upgrade(): Promise<void>;
}

/** How a server does TLS. All texts are PEM. */
export interface ServerTlsOptions {
  /** The server's certificate, followed by its intermediate ones. */
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string | undefined;
  /** `TLSv1.2` by default. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
  /** Asks clients for a certificate; none, or one that `clientCa` did not issue, is no reason to refuse them. */
  readonly requestCert?: boolean | undefined;
  /** Who issues the clients' certificates. */
  readonly clientCa?: string | readonly string[] | undefined;
}

/** A connection from a client, and its TLS state. */
export interface AcceptedTransport extends OctetStream {
  readonly tls: AcceptedTlsState | undefined;
  /**
   * Server side of STLS, and of implicit TLS: runs the handshake over this connection. Afterwards `tls` is set. Rejects,
   * and ends the connection, with a RemoteProtocolError where octets were received that nobody has read.
   */
  secure(options: ServerTlsOptions, wait?: HandshakeWait): Promise<void>;
}

/** How long to wait for a handshake. */
export interface HandshakeWait {
  /** 30,000 by default. */
  readonly milliseconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

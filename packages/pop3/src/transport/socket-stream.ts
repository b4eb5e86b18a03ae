import type { Duplex } from 'node:stream';
import { decodeLatin1, escapeExcerpt, memoryOf, Queue, RemoteProtocolError } from '../protocol/index.ts';
import { type Endpoint, formatEndpoint } from './endpoint.ts';
import { platformReason, TransportError } from './error.ts';
import type { OctetStream } from './transport.ts';

// The peer is not read from while this much waits for its reader, until half of it is gone.
const highWaterMark = 262_144;
// How long `close` waits for the peer to close as well.
const lingerMilliseconds = 2000;

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** The octets of a socket, or of any other duplex stream: what client and server side have in common. */
export class SocketStream implements OctetStream {
  readonly endpoint: Endpoint;
  #socket: Duplex;
  readonly #chunks = new Queue<Uint8Array>();
  #unread = 0;
  #given = 0;
  #paused = false;
  #ended = false;
  #failure: Error | undefined;
  #reader: Waiter<Uint8Array | null> | undefined;
  readonly #writers = new Set<Waiter<void>>();
  readonly #aborted: AbortController = new AbortController();

  constructor(socket: Duplex, endpoint: Endpoint) {
    this.endpoint = endpoint;
    this.#socket = socket;
    this.#attach(socket);
  }

  read(): Promise<Uint8Array | null> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#unread -= memoryOf(chunk);
      this.#given += chunk.length;
      if (this.#paused && this.#unread <= highWaterMark / 2) {
        this.#paused = false;
        this.#socket.resume();
      }
      return Promise.resolve(chunk);
    }
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(null);
    if (this.#reader) return Promise.reject(new Error('read() was called before the last one was answered'));
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  write(octets: Uint8Array): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (!this.#socket.writable) return Promise.reject(this.#broken('write', undefined));
    return new Promise((resolve, reject) => {
      const writer = { resolve, reject };
      this.#writers.add(writer);
      // Not when there is room for more: `close` does not wait long for what is in the buffer then. Errors come as events.
      this.#socket.write(octets, (error) => {
        if (!error && this.#writers.delete(writer)) resolve();
      });
    });
  }

  close(): Promise<void> {
    const socket = this.#socket;
    if (socket.closed || socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => socket.destroy(), lingerMilliseconds);
      socket.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
      // What still comes is not wanted, but must be read for the end to be seen.
      this.#chunks.drain();
      this.#unread = 0;
      socket.off('data', this.#onData).resume();
      socket.end();
    });
  }

  destroy(reason?: Error): void {
    this.#chunks.drain();
    this.#unread = 0;
    this.#fail(reason ?? this.#broken('read', undefined));
    this.#socket.destroy();
    this.#aborted.abort(this.#failure);
  }

  /**
   * Runs a handshake over the socket, and goes on with the one that comes out of it.
   *
   * @throws RemoteProtocolError where octets are waiting: they came in clear, and whoever sent them must not be taken
   * for the one behind the handshake (RFC 2595 section 4, and the STARTTLS injection of CVE-2011-0411).
   */
  protected async exchange(
    handshake: (socket: Duplex, signal: AbortSignal) => Promise<Duplex>,
  ): Promise<void> {
    if (this.#failure) throw this.#failure;
    const socket = this.#socket;
    if (this.#unread > 0 || socket.readableLength > 0) {
      const error = new RemoteProtocolError(
        `${formatEndpoint(this.endpoint)} sent octets in clear after the agreement to start TLS`,
        {
          rule: 'octets-behind-stls',
          offset: this.#given,
          excerpt: escapeExcerpt(decodeLatin1((this.#chunks.first ?? new Uint8Array(0)).subarray(0, 160))),
        },
        { hint: 'Somebody may be tampering with the connection. Use implicit TLS (port 995).' },
      );
      this.destroy(error);
      throw error;
    }
    this.#detach(socket);
    try {
      this.#socket = await handshake(socket, this.#aborted.signal);
    } catch (error) {
      if (this.#failure) throw this.#failure;
      this.destroy(error instanceof Error ? error : undefined);
      throw error;
    }
    this.#attach(this.#socket);
    if (this.#failure) {
      this.#socket.destroy();
      throw this.#failure;
    }
  }

  #attach(socket: Duplex): void {
    socket
      .on('data', this.#onData)
      .on('end', this.#onEnd)
      .on('error', this.#onError)
      .on('close', this.#onClose);
    if (socket.destroyed) this.#onClose();
  }

  #detach(socket: Duplex): void {
    socket
      .off('data', this.#onData)
      .off('end', this.#onEnd)
      .off('error', this.#onError)
      .off('close', this.#onClose);
  }

  readonly #onData = (data: Uint8Array): void => {
    if (data.length === 0) return;
    // Not the Buffer itself: its slice() shares memory where a Uint8Array's copies.
    const chunk = new Uint8Array(data.buffer, data.byteOffset, data.length);
    const reader = this.#reader;
    if (reader) {
      this.#reader = undefined;
      this.#given += chunk.length;
      reader.resolve(chunk);
      return;
    }
    this.#chunks.push(chunk);
    this.#unread += memoryOf(chunk);
    if (this.#unread > highWaterMark && !this.#paused) {
      this.#paused = true;
      this.#socket.pause();
    }
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#reader?.resolve(null);
    this.#reader = undefined;
  };

  readonly #onError = (error: Error): void => {
    this.#fail(this.#broken('read', error));
  };

  readonly #onClose = (): void => {
    if (!this.#ended) this.#fail(this.#broken('read', undefined));
    this.#rejectWriters(this.#failure ?? this.#broken('write', undefined));
  };

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#reader?.reject(this.#failure);
    this.#reader = undefined;
    this.#rejectWriters(this.#failure);
  }

  #rejectWriters(error: Error): void {
    for (const writer of this.#writers) writer.reject(error);
    this.#writers.clear();
  }

  #broken(phase: 'read' | 'write', cause: Error | undefined): TransportError {
    return describeBreak(phase, this.endpoint, cause);
  }
}

/** The error for a connection that broke after it was made. */
function describeBreak(
  phase: 'read' | 'write',
  endpoint: Endpoint,
  cause: (Error & { code?: unknown }) | undefined,
): TransportError {
  const reason = typeof cause?.code === 'string' ? breaks[cause.code] : undefined;
  const what =
    reason?.[0] ?? (cause ? `the connection broke (${platformReason(cause)})` : 'the connection is closed');
  return new TransportError(
    `${formatEndpoint(endpoint)}: ${what}`,
    { phase, endpoint },
    { cause, hint: reason?.[1] ?? 'Try again later.' },
  );
}

const breaks: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  ECONNRESET: [
    'the connection was reset by the other side',
    'Try again later; where it always happens, a firewall or the server itself refuses this client.',
  ],
  EPIPE: ['the other side has closed the connection', 'Try again later.'],
  ETIMEDOUT: ['the other side does not answer any more', 'Check the network, then try again.'],
  ENETDOWN: ['the network is down', 'Check the network, then try again.'],
  ENETUNREACH: ['the network cannot be reached any more', 'Check the network, then try again.'],
  EHOSTUNREACH: ['the host cannot be reached any more', 'Check the network, then try again.'],
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: [
    'the server requires a client certificate',
    'Give a client certificate and its key.',
  ],
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: [
    'the server does not trust the client certificate',
    'Use a client certificate that the server knows the issuer of.',
  ],
};

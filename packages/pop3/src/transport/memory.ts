import { LocalProtocolError, Queue } from '../protocol/index.ts';
import type { Endpoint } from './endpoint.ts';
import { TransportError } from './error.ts';
import type {
  AcceptedTlsState,
  AcceptedTransport,
  OctetStream,
  ServerTlsOptions,
  TlsState,
  Transport,
} from './transport.ts';

/** How a pair in memory behaves. */
export interface MemoryPairOptions {
  /** `memory.invalid:110` by default. */
  readonly endpoint?: Endpoint | undefined;
  /** Cuts what is written into the chunks that are read: at most so many octets each, or as the function says. */
  readonly split?: number | ((octets: Uint8Array) => Iterable<Uint8Array>) | undefined;
  /** Unread octets above which `write` waits; 262,144 by default. */
  readonly highWaterMark?: number | undefined;
  /** The TLS state that the client side has after `upgrade`; without it, `upgrade` fails. Nothing is encrypted. */
  readonly tls?: TlsState | undefined;
  /** The TLS state that the server side has after `secure`. */
  readonly acceptedTls?: AcceptedTlsState | undefined;
}

/** Two ends of a connection that never leaves the process: client and server. */
export function createMemoryPair(options: MemoryPairOptions = {}): [Transport, AcceptedTransport] {
  const there = new Pipe(options);
  const back = new Pipe(options);
  const endpoint = options.endpoint ?? { host: 'memory.invalid', port: 110 };
  return [
    new ClientEnd(endpoint, back, there, options.tls),
    new ServerEnd(endpoint, there, back, options.acceptedTls),
  ];
}

interface Waiter<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

/** One direction. */
class Pipe {
  readonly #split: (octets: Uint8Array) => Iterable<Uint8Array>;
  readonly #highWaterMark: number;
  readonly #chunks = new Queue<Uint8Array>();
  #unread = 0;
  #ended = false;
  #readFailure: Error | undefined;
  #writeFailure: Error | undefined;
  #reader: Waiter<Uint8Array | null> | undefined;
  #writers: Waiter<void>[] = [];

  constructor({ split, highWaterMark = 262_144 }: MemoryPairOptions) {
    this.#split = typeof split === 'function' ? split : (octets) => pieces(octets, split);
    this.#highWaterMark = highWaterMark;
  }

  get unread(): number {
    return this.#unread;
  }

  read(): Promise<Uint8Array | null> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#unread -= chunk.length;
      if (this.#unread <= this.#highWaterMark) {
        for (const writer of this.#writers.splice(0)) writer.resolve();
      }
      return Promise.resolve(chunk);
    }
    if (this.#readFailure) return Promise.reject(this.#readFailure);
    if (this.#ended) return Promise.resolve(null);
    if (this.#reader) return Promise.reject(new Error('read() was called before the last one was answered'));
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  write(octets: Uint8Array, endpoint: Endpoint): Promise<void> {
    if (this.#writeFailure) return Promise.reject(this.#writeFailure);
    if (this.#ended) return Promise.reject(broken('write', endpoint));
    for (const piece of this.#split(new Uint8Array(octets))) {
      if (piece.length === 0) continue;
      const reader = this.#reader;
      this.#reader = undefined;
      if (reader) {
        reader.resolve(piece);
      } else {
        this.#chunks.push(piece);
        this.#unread += piece.length;
      }
    }
    if (this.#unread <= this.#highWaterMark) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#writers.push({ resolve, reject });
    });
  }

  end(): void {
    this.#ended = true;
    this.#reader?.resolve(null);
    this.#reader = undefined;
  }

  /** The reader is the one who gives up: what was not read yet is lost, as with a reset. */
  refuse(read: Error, write: Error): void {
    this.#chunks.drain();
    this.#unread = 0;
    this.break(read, write);
  }

  /** Nothing more can be read, once what came before was, and nothing written. */
  break(read: Error, write: Error): void {
    this.#readFailure ??= read;
    this.#writeFailure ??= write;
    this.#reader?.reject(this.#readFailure);
    this.#reader = undefined;
    for (const writer of this.#writers.splice(0)) writer.reject(this.#writeFailure);
  }
}

class MemoryEnd implements OctetStream {
  readonly endpoint: Endpoint;
  readonly #input: Pipe;
  readonly #output: Pipe;

  constructor(endpoint: Endpoint, input: Pipe, output: Pipe) {
    this.endpoint = endpoint;
    this.#input = input;
    this.#output = output;
  }

  read(): Promise<Uint8Array | null> {
    return this.#input.read();
  }

  write(octets: Uint8Array): Promise<void> {
    return this.#output.write(octets, this.endpoint);
  }

  close(): Promise<void> {
    this.#output.end();
    this.#input.refuse(broken('read', this.endpoint), broken('write', this.endpoint));
    return Promise.resolve();
  }

  destroy(reason?: Error): void {
    const own = reason ?? broken('read', this.endpoint);
    this.#input.refuse(own, broken('write', this.endpoint));
    this.#output.break(broken('read', this.endpoint), own);
  }

  protected agree<T>(state: T | undefined): T {
    if (state === undefined) {
      throw new LocalProtocolError('this connection in memory was made without a TLS state');
    }
    if (this.#input.unread > 0) throw broken('read', this.endpoint);
    return state;
  }
}

class ClientEnd extends MemoryEnd implements Transport {
  readonly #agreed: TlsState | undefined;
  tls: TlsState | undefined;

  constructor(endpoint: Endpoint, input: Pipe, output: Pipe, agreed: TlsState | undefined) {
    super(endpoint, input, output);
    this.#agreed = agreed;
  }

  async upgrade(): Promise<void> {
    this.tls = this.agree(this.#agreed);
  }
}

class ServerEnd extends MemoryEnd implements AcceptedTransport {
  readonly #agreed: AcceptedTlsState | undefined;
  tls: AcceptedTlsState | undefined;

  constructor(endpoint: Endpoint, input: Pipe, output: Pipe, agreed: AcceptedTlsState | undefined) {
    super(endpoint, input, output);
    this.#agreed = agreed;
  }

  async secure(_options?: ServerTlsOptions): Promise<void> {
    this.tls = this.agree(this.#agreed);
  }
}

function* pieces(octets: Uint8Array, most = Number.POSITIVE_INFINITY): Iterable<Uint8Array> {
  for (let at = 0; at < octets.length; at += most) yield octets.subarray(at, at + most);
}

function broken(phase: 'read' | 'write', endpoint: Endpoint): TransportError {
  return new TransportError('the connection in memory is closed', { phase, endpoint });
}

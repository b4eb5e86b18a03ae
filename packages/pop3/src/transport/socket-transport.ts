import type { Duplex } from 'node:stream';
import { LocalProtocolError } from '../protocol/index.ts';
import type { Endpoint } from './endpoint.ts';
import { SocketStream } from './socket-stream.ts';
import type { SecuredSocket } from './tls.ts';
import type { TlsState, Transport } from './transport.ts';

/** Turns a socket into one with TLS; the certificate is verified when it resolves. */
export type ClientHandshake = (socket: Duplex, signal: AbortSignal) => Promise<SecuredSocket>;

/** A connection to a server over a socket, or over any other duplex stream. */
export class SocketTransport extends SocketStream implements Transport {
  readonly #handshake: ClientHandshake;
  #tls: TlsState | undefined;

  /** `tls` is the state of a socket that has TLS already; `handshake` is what `upgrade` runs. */
  constructor(socket: Duplex, endpoint: Endpoint, handshake: ClientHandshake, tls?: TlsState) {
    super(socket, endpoint);
    this.#handshake = handshake;
    this.#tls = tls;
  }

  get tls(): TlsState | undefined {
    return this.#tls;
  }

  async upgrade(): Promise<void> {
    if (this.#tls) throw new LocalProtocolError('the connection has TLS already');
    await this.exchange(async (socket, signal) => {
      const secured = await this.#handshake(socket, signal);
      this.#tls = secured.state;
      return secured.socket;
    });
  }
}

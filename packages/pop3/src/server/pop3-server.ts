import { createServer, type Server, type Socket } from 'node:net';
import { LocalProtocolError } from '../protocol/index.ts';
import { type AcceptedTransport, acceptTransport, readServerTlsOptions } from '../transport/index.ts';
import type { ListenerSecurity, Pop3ServerOptions } from './options.ts';
import { createContext, type ServerContext } from './server-context.ts';
import { ServerSession } from './server-session.ts';

/** Where to listen. */
export interface ListenOptions {
  /** 0, the default: any free one. */
  readonly port?: number | undefined;
  /** 127.0.0.1 by default: nobody else can reach it. */
  readonly host?: string | undefined;
  /** By default `starttls` where there is a certificate, otherwise `none`. */
  readonly security?: ListenerSecurity | undefined;
}

/** A port that is listened on. */
export interface Listener {
  readonly host: string;
  readonly port: number;
  readonly security: ListenerSecurity;
}

/**
 * A POP3 server to embed (RFC 1939, 2449, 2595, 3206, 5034, 6856).
 *
 * One server can listen on several ports, each with its own protection. A session that fails never harms another.
 */
export class Pop3Server {
  readonly #context: ServerContext;
  readonly #servers = new Set<Server>();
  readonly #starting = new Set<Promise<Listener>>();
  readonly #sessions = new Map<ServerSession, Promise<void>>();

  /** @throws LocalProtocolError where the certificate or its key cannot be used, or a timeout or limit makes no sense. */
  constructor(options: Pop3ServerOptions) {
    if (options.tls !== undefined) readServerTlsOptions(options.tls);
    this.#context = createContext(options);
  }

  /** How many sessions there are now. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /**
   * Listens on a port. Rejects with the platform's error where that is not possible.
   *
   * @throws LocalProtocolError where TLS is wanted and there is no certificate.
   */
  async listen(options: ListenOptions = {}): Promise<Listener> {
    const starting = this.#listen(options);
    this.#starting.add(starting);
    try {
      return await starting;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /**
   * Serves one client over a transport that exists already. With `tls`, a transport that has no TLS yet is given it first. Resolves when
   * the session is over.
   *
   * @throws LocalProtocolError where TLS is wanted and there is no certificate.
   */
  async serve(transport: AcceptedTransport, security: ListenerSecurity = 'none'): Promise<void> {
    this.#requireCertificate(security);
    const session = new ServerSession(transport, security, this.#context);
    const { maximumConnections = 1000 } = this.#context.options;
    const running =
      this.#sessions.size < maximumConnections
        ? session.run()
        : session.refuse('too many connections, try again later');
    this.#sessions.set(session, running);
    await running;
    this.#sessions.delete(session);
  }

  /** Stops listening, and ends every session; nothing that was marked in them is deleted. The server may listen again afterwards. */
  async close(): Promise<void> {
    // What is only about to listen would do so for ever.
    await Promise.allSettled(this.#starting);
    const closed = [...this.#servers].map((server) => new Promise((resolve) => server.close(resolve)));
    this.#servers.clear();
    for (const session of this.#sessions.keys()) session.destroy();
    await Promise.all([...closed, ...this.#sessions.values()]);
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #listen(options: ListenOptions): Promise<Listener> {
    const { port = 0, host = '127.0.0.1' } = options;
    const security = options.security ?? this.#defaultSecurity;
    this.#requireCertificate(security);
    // Half open: a client may send all its commands, end its side, and read the answers afterwards.
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) =>
      this.#accept(socket, security),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.#context.log({ event: 'error', client: '', error }));
    this.#servers.add(server);
    const address = server.address();
    return { host, port: typeof address === 'object' && address !== null ? address.port : port, security };
  }

  get #defaultSecurity(): ListenerSecurity {
    return this.#context.options.tls === undefined ? 'none' : 'starttls';
  }

  #requireCertificate(security: ListenerSecurity): void {
    if (security === 'none' || this.#context.options.tls !== undefined) return;
    throw new LocalProtocolError(`"${security}" needs a certificate`, {
      hint: 'Give `tls: { cert, key }` to the server.',
    });
  }

  #accept(socket: Socket, security: ListenerSecurity): void {
    const endpoint = { host: socket.remoteAddress ?? 'unknown', port: socket.remotePort ?? 0 };
    this.serve(acceptTransport(socket), security).catch((error: unknown) =>
      this.#context.log({ event: 'error', client: endpoint.host, error }),
    );
  }
}

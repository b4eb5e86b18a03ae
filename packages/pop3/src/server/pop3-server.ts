import { createServer, type Server, type Socket } from 'node:net';
import { LocalProtocolError } from '../protocol/index.ts';
import { AcceptedSocketTransport, type AcceptedTransport, readServerTlsOptions } from '../transport/index.ts';
import { type ListenerSecurity, type Pop3ServerOptions, toStore } from './options.ts';
import { type ServerContext, ServerSession } from './server-session.ts';

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
  /** Connections whose handshake is not done. */
  readonly #arriving = new Set<AcceptedTransport>();
  readonly #sessions = new Map<AcceptedTransport, Promise<void>>();

  /** @throws LocalProtocolError where the certificate or its key cannot be used. */
  constructor(options: Pop3ServerOptions) {
    if (options.tls !== undefined) readServerTlsOptions(options.tls);
    this.#context = { options, store: toStore(options.users), logins: new Map() };
  }

  /** Listens on a port. Rejects with the platform's error where it is taken. */
  async listen(options: ListenOptions = {}): Promise<Listener> {
    const { port = 0, host = '127.0.0.1' } = options;
    const security = options.security ?? (this.#context.options.tls === undefined ? 'none' : 'starttls');
    if (security !== 'none' && this.#context.options.tls === undefined) {
      throw new LocalProtocolError(`listening with "${security}" needs a certificate`, {
        hint: 'Give `tls: { cert, key }` to the server.',
      });
    }
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket, security));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.#servers.add(server);
    const address = server.address();
    return { host, port: typeof address === 'object' && address !== null ? address.port : port, security };
  }

  /** Serves one client over a transport that exists already. Resolves when the session is over; never rejects. */
  async serve(transport: AcceptedTransport, security: ListenerSecurity = 'none'): Promise<void> {
    const session = new ServerSession(transport, security, this.#context);
    const { maximumConnections = 1000 } = this.#context.options;
    if (this.#sessions.size >= maximumConnections)
      return session.refuse('too many connections, try again later');
    const running = session.run();
    this.#sessions.set(transport, running);
    await running;
    this.#sessions.delete(transport);
  }

  /** Stops listening, and ends every session; nothing that was marked in them is deleted. */
  async close(): Promise<void> {
    const closed = [...this.#servers].map((server) => new Promise((resolve) => server.close(resolve)));
    this.#servers.clear();
    for (const transport of [...this.#arriving, ...this.#sessions.keys()]) transport.destroy();
    await Promise.all([...closed, ...this.#sessions.values()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #accept(socket: Socket, security: ListenerSecurity): void {
    const endpoint = { host: socket.remoteAddress ?? 'unknown', port: socket.remotePort ?? 0 };
    const transport = new AcceptedSocketTransport(socket, endpoint);
    const { tls, log } = this.#context.options;
    this.#arriving.add(transport);
    const ready = security === 'tls' && tls !== undefined ? transport.secure(tls) : Promise.resolve();
    ready
      .finally(() => this.#arriving.delete(transport))
      .then(
        () => this.serve(transport, security),
        (error: unknown) => log?.({ event: 'error', client: endpoint.host, error }),
      );
  }
}

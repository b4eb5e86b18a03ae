import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { escapeExcerpt } from '../protocol/index.ts';

/** How octets are sent. */
export interface SendOptions {
  /** Most octets in one segment; 1 sends octet by octet. By default, and with 0, everything goes at once. */
  readonly split?: number | undefined;
  /** Milliseconds between two segments. */
  readonly pause?: number | undefined;
}

/** The server's end of one connection, in the hands of a script. */
export interface ScriptedPeer {
  /** Sends octets; a string is one octet a character. Line ends are the script's own business. */
  send(octets: string | Uint8Array, options?: SendOptions): Promise<void>;
  /** The next line that the client sends, without its end. Rejects where the client closes instead. */
  line(): Promise<string>;
  /** Reads a line and rejects where it is not the expected one. */
  expect(expected: string | RegExp): Promise<string>;
  /** Answers lines for as long as the client sends them. Undefined closes the connection. */
  answer(answers: (line: string) => string | undefined): Promise<void>;
  /** Does nothing until the client closes. */
  stall(): Promise<void>;
  /** Runs the server's side of a TLS handshake. */
  startTls(options: { readonly cert: string; readonly key: string }): Promise<void>;
  /** Ends the connection in good order. */
  close(): void;
  /** Ends TCP where TLS goes on: without the notification that it is over. */
  cut(): void;
  /** Ends it with a reset. */
  reset(): void;
}

/** What a scripted server saw and where it is. */
export interface ScriptedServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** How many connections there were. */
  readonly connections: number;
  /** Everything that clients sent, as it crossed the wire; one character an octet. TLS is taken off. */
  readonly received: string;
  /** What went wrong in the script so far; empty where everything went as written. */
  readonly failures: readonly Error[];
  /** Resolves when the scripts of all connections so far have ended. */
  readonly ended: Promise<void>;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a server does with a connection. `count` is 1 for the first. */
export type Script = (peer: ScriptedPeer, count: number) => Promise<void>;

/**
 * A server on loopback that does what a script says, right or wrong: greets late, splits anywhere, stalls, lies, resets. For tests of how a
 * client takes it.
 */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const failures: Error[] = [];
  const received: string[] = [];
  const running = new Set<Promise<void>>();
  let connections = 0;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    connections++;
    const peer = new Peer(socket, (octets) => received.push(octets));
    const ended = script(peer, connections)
      .then(
        () => peer.close(),
        (error: unknown) => {
          failures.push(error instanceof Error ? error : new Error(String(error)));
          socket.destroy();
        },
      )
      .finally(() => running.delete(ended));
    running.add(ended);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return {
    host: '127.0.0.1',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get connections() {
      return connections;
    },
    get received() {
      return received.join('');
    },
    failures,
    get ended() {
      return Promise.all(running).then(() => {});
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

class Peer implements ScriptedPeer {
  readonly #raw: Socket;
  readonly #record: (octets: string) => void;
  #socket: Socket;
  #text = '';
  #closed = false;
  #wake: () => void = () => {};

  constructor(socket: Socket, record: (octets: string) => void) {
    this.#raw = socket;
    this.#socket = socket;
    this.#record = record;
    this.#listen(socket);
  }

  async send(octets: string | Uint8Array, { split, pause = 0 }: SendOptions = {}): Promise<void> {
    const data = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets;
    const step = Math.max(1, split || data.length);
    for (let position = 0; position < data.length; position += step) {
      if (this.#closed) return;
      await new Promise<void>((resolve) =>
        this.#socket.write(data.subarray(position, position + step), () => resolve()),
      );
      // Lets the segment leave before the next one.
      if (split !== undefined) await new Promise((resolve) => setImmediate(resolve));
      if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  async line(): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf('\n');
      if (end >= 0) {
        const line = this.#text.slice(0, end).replace(/\r$/, '');
        this.#text = this.#text.slice(end + 1);
        return line;
      }
      if (this.#closed) throw new Error('the client closed the connection where a line was expected');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async expect(expected: string | RegExp): Promise<string> {
    const line = await this.line();
    if (typeof expected === 'string' ? line === expected : expected.test(line)) return line;
    throw new Error(`the client sent "${escapeExcerpt(line)}" where ${String(expected)} was expected`);
  }

  async answer(answers: (line: string) => string | undefined): Promise<void> {
    for (;;) {
      const line = await this.line().catch(() => undefined);
      const answer = line === undefined ? undefined : answers(line);
      if (answer === undefined) return;
      await this.send(answer);
    }
  }

  async stall(): Promise<void> {
    while (!this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async startTls(options: { readonly cert: string; readonly key: string }): Promise<void> {
    const { cert, key } = options;
    this.#socket.removeAllListeners('data').removeAllListeners('end');
    const secured = new TLSSocket(this.#socket, { isServer: true, cert, key });
    this.#socket = secured;
    this.#listen(secured);
    await new Promise<void>((resolve, reject) => {
      secured
        .once('secure', () => resolve())
        .once('error', reject)
        .once('close', () => resolve());
    });
  }

  close(): void {
    this.#socket.end();
  }

  cut(): void {
    this.#raw.destroy();
  }

  reset(): void {
    this.#raw.resetAndDestroy();
  }

  #listen(socket: Socket): void {
    const closed = (): void => {
      this.#closed = true;
      this.#wake();
    };
    socket
      .on('data', (data: Buffer) => {
        const text = data.toString('latin1');
        this.#record(text);
        this.#text += text;
        this.#wake();
      })
      .on('error', closed)
      .on('end', closed)
      .on('close', closed);
  }
}

import { after } from 'node:test';
import { type ListenerSecurity, Pop3Server, type Pop3ServerOptions } from '../../src/server/index.ts';
import {
  createMemoryPair,
  type OctetStream,
  type TlsState,
  type Transport,
} from '../../src/transport/index.ts';

/** Talks octets to a server; text is one character an octet. */
export class RawClient<Stream extends OctetStream = OctetStream> {
  readonly stream: Stream;
  #text = '';

  constructor(stream: Stream) {
    this.stream = stream;
  }

  send(text: string): Promise<void> {
    return this.stream.write(Buffer.from(text, 'latin1'));
  }

  /** The next line, without its CRLF. Rejects where the server closes instead. */
  async line(): Promise<string> {
    return this.#until('\r\n', (end) => end);
  }

  /** A multi-line response as it crossed the wire, up to its terminator. */
  async lines(): Promise<string> {
    const status = await this.line();
    if (!status.startsWith('+OK')) return status;
    if (this.#text.startsWith('.\r\n') || (await this.#has(3)).startsWith('.\r\n')) {
      this.#text = this.#text.slice(3);
      return `${status}\r\n.`;
    }
    return `${status}\r\n${await this.#until('\r\n.\r\n', (end) => end + 3)}`;
  }

  /** Sends a command and gives the status line. */
  async ask(command: string): Promise<string> {
    await this.send(`${command}\r\n`);
    return this.line();
  }

  /** Sends a command and gives the multi-line response. */
  async askLines(command: string): Promise<string> {
    await this.send(`${command}\r\n`);
    return this.lines();
  }

  /** Logs in; gives the status line of PASS. */
  async login(user = 'alice', password = 'secret'): Promise<string> {
    await this.ask(`USER ${user}`);
    return this.ask(`PASS ${password}`);
  }

  /** Everything until the server closes; also where it does so with a reset. */
  async rest(): Promise<string> {
    while (await this.#more().catch(() => false));
    return this.#text;
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  async #has(octets: number): Promise<string> {
    while (this.#text.length < octets) if (!(await this.#more())) break;
    return this.#text;
  }

  async #until(mark: string, cut: (end: number) => number): Promise<string> {
    let end = this.#text.indexOf(mark);
    while (end < 0) {
      const from = Math.max(0, this.#text.length - mark.length);
      if (!(await this.#more())) throw new Error(`the server closed after: ${this.#text}`);
      end = this.#text.indexOf(mark, from);
    }
    const found = this.#text.slice(0, cut(end));
    this.#text = this.#text.slice(end + mark.length);
    return found;
  }

  async #more(): Promise<boolean> {
    const octets = await this.stream.read();
    if (octets === null) return false;
    this.#text += Buffer.from(octets).toString('latin1');
    return true;
  }
}

const servers: Pop3Server[] = [];
// A session that a failed test left would keep the process until its timeout.
after(() => Promise.all(servers.map((server) => server.close())));

/** A server without delays, whose users alice and bob have the password `secret`. */
export function makeServer(
  options: Partial<Pop3ServerOptions> & Pick<Pop3ServerOptions, 'maildrop'>,
): Pop3Server {
  const server = new Pop3Server({
    users: { alice: 'secret', bob: 'secret' },
    allowCleartextPassword: true,
    failureDelay: 0,
    ...options,
  });
  servers.push(server);
  return server;
}

/** A client of a server, without a network between them; the greeting is still to be read. */
export function connectMemory(
  server: Pop3Server,
  security: ListenerSecurity = 'none',
  tls?: TlsState,
): { client: RawClient<Transport>; served: Promise<void> } {
  const [client, accepted] = createMemoryPair({ tls });
  return { client: new RawClient(client), served: server.serve(accepted, security) };
}

/** A client that has read the greeting and logged in as alice. */
export async function loggedIn(server: Pop3Server): Promise<RawClient<Transport>> {
  const { client } = connectMemory(server);
  await client.line();
  const answer = await client.login();
  if (!answer.startsWith('+OK')) throw new Error(answer);
  return client;
}

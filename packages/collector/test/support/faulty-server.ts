import { type ConnectOptions, Pop3Client } from '@postrider/pop3';
import { type ScriptedServer, type SendOptions, startScriptedServer } from '@postrider/pop3/testing';

/** A message as a server has it: with CRLF line ends, byte-stuffing still to be done. */
export interface ServedMessage {
  readonly uniqueId: string;
  readonly text: string;
}

/** What a server does wrong; everything else it does right. The functions get the number of the session, from 1. */
export interface Faults {
  /** Instead of its own answer to a line; undefined: its own, null: it closes the connection. */
  readonly answer?: ((line: string, session: number) => string | null | undefined) | undefined;
  /** The message-numbers that it lists, of all. */
  readonly listed?: ((all: readonly number[], session: number) => readonly number[]) | undefined;
  /** What UIDL says instead of the unique-id. */
  readonly uniqueId?: ((uniqueId: string, session: number) => string) | undefined;
  /** It says +OK to QUIT and deletes nothing. */
  readonly forgetsDeletions?: boolean | undefined;
  /** Offered by default. */
  readonly pipelining?: boolean | undefined;
  /** More lines of CAPA, behind the login only. */
  readonly capabilities?: readonly string[] | undefined;
  readonly send?: SendOptions | undefined;
}

/** A server with a maildrop, which does as it should but for some faults. */
export interface FaultyServer extends AsyncDisposable {
  readonly server: ScriptedServer;
  /** What is in the maildrop. */
  readonly messages: ServedMessage[];
  faults: Faults;
  /** How often messages were asked for, by number. */
  readonly retrieved: number;
  login(options?: Partial<ConnectOptions>): Promise<Pop3Client>;
}

export async function startFaultyServer(
  messages: readonly ServedMessage[],
  faults: Faults = {},
): Promise<FaultyServer> {
  const maildrop = [...messages];
  let current = faults;
  const server = await startScriptedServer(async (peer, count) => {
    await peer.send('+OK ready\r\n');
    const session = new Session(maildrop, current, count);
    for (;;) {
      const line = await peer.line().catch(() => undefined);
      const answer = line === undefined ? null : session.answer(line);
      if (answer === null) return;
      await peer.send(answer, current.send);
      if (line === 'QUIT') return;
    }
  });
  return {
    server,
    messages: maildrop,
    get faults() {
      return current;
    },
    set faults(value) {
      current = value;
    },
    get retrieved() {
      return server.received.match(/^RETR /gm)?.length ?? 0;
    },
    login: async (options = {}) => {
      const { host, port } = server;
      const client = await Pop3Client.connect({ host, port, security: 'none', ...options });
      await client.authenticate({ user: 'a', password: 'b', allowCleartextPassword: true });
      return client;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

class Session {
  readonly #maildrop: ServedMessage[];
  readonly #all: readonly ServedMessage[];
  readonly #faults: Faults;
  readonly #count: number;
  #loggedIn = false;
  readonly #deleted = new Set<number>();

  constructor(maildrop: ServedMessage[], faults: Faults, count: number) {
    this.#maildrop = maildrop;
    this.#all = [...maildrop];
    this.#faults = faults;
    this.#count = count;
  }

  answer(line: string): string | null {
    const own = this.#faults.answer?.(line, this.#count);
    return own === undefined ? this.#answer(line) : own;
  }

  #answer(line: string): string {
    const [verb = '', word = ''] = line.split(' ');
    const number = Number(word);
    const message = this.#all[number - 1];
    const { uniqueId = (id: string) => id, capabilities = [], pipelining = true } = this.#faults;
    switch (verb) {
      case 'CAPA':
        return lines([
          ...['USER', 'UIDL', 'TOP', ...(pipelining ? ['PIPELINING'] : [])],
          ...(this.#loggedIn ? capabilities : []),
        ]);
      case 'PASS':
        this.#loggedIn = true;
        return '+OK\r\n';
      case 'STAT':
        return `+OK ${this.#listed.length} 1\r\n`;
      case 'LIST':
        return lines(this.#listed.map((one) => `${one} ${this.#all[one - 1]?.text.length}`));
      case 'UIDL':
        return lines(
          this.#listed.map((one) => `${one} ${uniqueId(this.#all[one - 1]?.uniqueId ?? '', this.#count)}`),
        );
      case 'RETR':
        return message === undefined ? '-ERR\r\n' : content(message.text);
      case 'TOP':
        return message === undefined
          ? '-ERR\r\n'
          : content(`${message.text.split('\r\n\r\n', 1)[0]}\r\n\r\n`);
      case 'DELE':
        this.#deleted.add(number);
        return '+OK\r\n';
      case 'QUIT':
        this.#update();
        return '+OK bye\r\n';
      default:
        return '+OK\r\n';
    }
  }

  get #listed(): readonly number[] {
    const all = this.#all.map((_, index) => index + 1);
    return this.#faults.listed?.(all, this.#count) ?? all;
  }

  #update(): void {
    if (this.#faults.forgetsDeletions === true) return;
    const gone = new Set([...this.#deleted].map((number) => this.#all[number - 1]));
    this.#maildrop.splice(0, this.#maildrop.length, ...this.#maildrop.filter((one) => !gone.has(one)));
  }
}

/** A multi-line answer with byte-stuffing. */
export function content(text: string): string {
  return `+OK\r\n${text.replace(/^\./gm, '..')}.\r\n`;
}

function lines(of: readonly string[]): string {
  return `+OK\r\n${of.map((line) => `${line}\r\n`).join('')}.\r\n`;
}

/** Messages 1, 2, …, each different. */
export function served(count: number): ServedMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    uniqueId: `id-${index + 1}`,
    text: `From: ${index + 1}@example.org\r\nSubject: message ${index + 1}\r\n\r\n.line\r\n${'x'.repeat(index % 50)}\r\n`,
  }));
}

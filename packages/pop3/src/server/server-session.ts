import {
  type Command,
  LocalProtocolError,
  NEED_DATA,
  NEED_REPLY,
  type ReplyOptions,
  ServerConnection,
  type ServerEvent,
  type StatusIndicator,
} from '../protocol/index.ts';
import { type CredentialStore, createTimestamp, type ServerExchange } from '../sasl/index.ts';
import {
  type AcceptedTransport,
  formatEndpoint,
  nodeCrypto,
  nodeSearch,
  Watchdog,
} from '../transport/index.ts';
import { continueAuth } from './auth.ts';
import { handlers } from './handler.ts';
import type { MaildropMessage, OpenMaildrop } from './maildrop.ts';
import type { ListenerSecurity, Pop3ServerOptions, ServerLogEntry } from './options.ts';

const flushOctets = 65_536;

/** What the sessions of a server share. */
export interface ServerContext {
  readonly options: Pop3ServerOptions;
  readonly store: CredentialStore;
  /** When each user logged in last, in milliseconds; for LOGIN-DELAY. */
  readonly logins: Map<string, number>;
}

/** A user's maildrop in a session: message-numbers, and what is marked as deleted. */
export interface Transaction {
  readonly user: string;
  readonly maildrop: OpenMaildrop;
  readonly deleted: Set<number>;
}

/** One client's session: reads commands, and lets each be answered by its handler, one after the other. */
export class ServerSession {
  readonly transport: AcceptedTransport;
  readonly context: ServerContext;
  readonly security: ListenerSecurity;
  /** The greeting's timestamp; undefined where APOP is off. */
  readonly timestamp: string | undefined;
  /** The name given by USER. */
  user: string | undefined;
  exchange: { readonly name: string; readonly run: ServerExchange } | undefined;
  failures = 0;
  transaction: Transaction | undefined;
  readonly #connection: ServerConnection;
  readonly #watchdog: Watchdog;
  #pending: Uint8Array[] = [];
  #pendingOctets = 0;

  constructor(transport: AcceptedTransport, security: ListenerSecurity, context: ServerContext) {
    const { limits, apop = true, host = 'localhost' } = context.options;
    this.transport = transport;
    this.security = security;
    this.context = context;
    this.timestamp = apop
      ? createTimestamp({ crypto: nodeCrypto, host, now: () => Date.now() / 1000 })
      : undefined;
    this.#connection = new ServerConnection({ limits, search: nodeSearch });
    this.#watchdog = new Watchdog(transport.endpoint, { minimumRate: 0 });
  }

  /** Serves the client until the session is over. Never rejects. */
  async run(): Promise<void> {
    try {
      this.log({ event: 'connected' });
      const { greeting = 'POP3 server ready' } = this.context.options;
      const words = this.timestamp === undefined ? greeting : `${greeting} ${this.timestamp}`;
      this.send(this.#connection.greet('+OK', words));
      await this.#serve();
    } catch (error) {
      this.log({ event: 'error', error });
      this.transport.destroy(error instanceof Error ? error : undefined);
    } finally {
      this.#watchdog.stop();
      await this.transaction?.maildrop.close().catch((error: unknown) => this.log({ event: 'error', error }));
      this.log({ event: 'closed' });
      await this.transport.close();
    }
  }

  /** Turns the client away. */
  async refuse(text: string): Promise<void> {
    this.send(this.#connection.greet('-ERR', text, { code: 'SYS/TEMP' }));
    await this.flush().catch(() => {});
    await this.transport.close();
  }

  get state(): ServerConnection['state'] {
    return this.#connection.state;
  }

  /** Answers the command at hand. */
  reply(status: StatusIndicator, text: string, options?: ReplyOptions): void {
    this.send(this.#connection.respond(status, text, options));
  }

  /** Answers with a challenge; `data` is base64. */
  challenge(data: string): void {
    this.send(this.#connection.challenge(data));
  }

  /** Answers with lines. */
  lines(text: string, lines: Iterable<string>): void {
    this.reply('+OK', text);
    for (const line of lines) this.send(this.#connection.line(line));
    this.send(this.#connection.end());
  }

  /** A piece of a message, behind a `+OK`. */
  async content(octets: Uint8Array): Promise<void> {
    for (const piece of this.#connection.content(octets)) this.send(piece);
    if (this.#pendingOctets >= flushOctets) await this.flush();
  }

  endContent(): void {
    this.send(this.#connection.end());
  }

  /** Queues octets. They leave when the client has to be waited for, or when there are many. */
  send(octets: Uint8Array): void {
    this.#pending.push(octets);
    this.#pendingOctets += octets.length;
  }

  async flush(): Promise<void> {
    const [first] = this.#pending;
    if (first === undefined) return;
    const octets = this.#pending.length === 1 ? first : Buffer.concat(this.#pending, this.#pendingOctets);
    this.#pending = [];
    this.#pendingOctets = 0;
    this.#arm();
    await this.transport.write(octets);
    this.#watchdog.disarm();
  }

  /** The handshake that STLS began is done. */
  tlsEstablished(): void {
    this.#connection.tlsEstablished();
  }

  /** The message of a number, or undefined where there is none, or it is marked as deleted. */
  message(messageNumber: number): MaildropMessage | undefined {
    const transaction = this.transaction;
    if (transaction === undefined || transaction.deleted.has(messageNumber)) return undefined;
    return transaction.maildrop.messages[messageNumber - 1];
  }

  /** The messages that are not marked as deleted, with their numbers. */
  *remaining(): Generator<readonly [messageNumber: number, message: MaildropMessage]> {
    const { maildrop, deleted } = this.requireTransaction();
    for (const [index, message] of maildrop.messages.entries()) {
      if (!deleted.has(index + 1)) yield [index + 1, message];
    }
  }

  requireTransaction(): Transaction {
    if (this.transaction === undefined) throw new LocalProtocolError('nobody has logged in');
    return this.transaction;
  }

  log(entry: Omit<ServerLogEntry, 'client' | 'user'> & { readonly user?: string | undefined }): void {
    const user = entry.user ?? this.transaction?.user;
    this.context.options.log?.({ client: formatEndpoint(this.transport.endpoint), user, ...entry });
  }

  async #serve(): Promise<void> {
    for (;;) {
      const event = this.#connection.nextEvent();
      if (event === NEED_DATA) {
        await this.flush();
        this.#connection.receiveData(await this.#read());
      } else if (event === NEED_REPLY) {
        throw new LocalProtocolError('a command was left without an answer');
      } else if (event.type === 'closed') {
        await this.flush();
        return;
      } else {
        await this.#handle(event);
      }
    }
  }

  async #handle(event: Exclude<ServerEvent, { type: 'closed' }>): Promise<void> {
    switch (event.type) {
      case 'command':
        return this.#execute(event.command);
      case 'invalid-command':
        return this.reply('-ERR', event.text);
      case 'authentication-response':
        return continueAuth(this, event.data);
      case 'authentication-cancelled':
        this.exchange = undefined;
        return this.reply('-ERR', 'the login was cancelled');
    }
  }

  async #execute(command: Command): Promise<void> {
    await handlers[command.keyword](this, command);
  }

  async #read(): Promise<Uint8Array | null> {
    this.#arm();
    try {
      return await this.transport.read();
    } finally {
      this.#watchdog.disarm();
    }
  }

  #arm(): void {
    const { idleTimeout = 600_000 } = this.context.options;
    this.#watchdog.arm('command', idleTimeout, (error) => this.transport.destroy(error));
  }
}

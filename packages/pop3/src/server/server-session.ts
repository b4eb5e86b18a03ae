import { setTimeout as sleep } from 'node:timers/promises';
import {
  LocalProtocolError,
  NEED_DATA,
  type ReplyOptions,
  ServerConnection,
  type ServerEvent,
  type StatusIndicator,
} from '../protocol/index.ts';
import { createTimestamp, type ServerExchange } from '../sasl/index.ts';
import {
  type AcceptedTransport,
  formatEndpoint,
  nodeCrypto,
  nodeSearch,
  TransportError,
  Watchdog,
} from '../transport/index.ts';
import { continueAuth } from './auth.ts';
import { handlers } from './handler.ts';
import type { ListenerSecurity, ServerLogEntry } from './options.ts';
import { Outbox } from './outbox.ts';
import { knowsPasswords, type ServerContext } from './server-context.ts';
import type { Transaction } from './transaction.ts';

/** One client's session: reads commands, and lets each be answered by its handler, one after the other. */
export class ServerSession {
  readonly transport: AcceptedTransport;
  readonly context: ServerContext;
  readonly security: ListenerSecurity;
  /** The greeting's timestamp; undefined where APOP is off. */
  readonly timestamp: string | undefined;
  /** The name given by USER. */
  user: string | undefined;
  /** The client has asked for UTF8. */
  utf8 = false;
  exchange: { readonly name: string; readonly run: ServerExchange } | undefined;
  failures = 0;
  transaction: Transaction | undefined;
  readonly #connection: ServerConnection;
  readonly #watchdog: Watchdog;
  readonly #outbox: Outbox;
  readonly #ended = new AbortController();
  readonly #loginDeadline: number;
  #answered = false;
  #waiting = false;
  #invalidCommands = 0;

  constructor(transport: AcceptedTransport, security: ListenerSecurity, context: ServerContext) {
    const { apop = knowsPasswords(context.store), host = 'localhost' } = context.options;
    this.transport = transport;
    this.security = security;
    this.context = context;
    this.timestamp = apop
      ? createTimestamp({ crypto: nodeCrypto, host, now: () => Date.now() / 1000 })
      : undefined;
    this.#connection = new ServerConnection({ limits: context.limits, search: nodeSearch });
    this.#watchdog = new Watchdog(transport.endpoint, { minimumRate: 0 });
    this.#outbox = new Outbox((octets) => this.#write(octets));
    this.#loginDeadline = performance.now() + context.timeouts.login;
  }

  /** Serves the client until the session is over. Never rejects. */
  async run(): Promise<void> {
    try {
      this.log({ event: 'connected' });
      if (this.security === 'tls') await this.secure();
      const { greeting = 'POP3 server ready' } = this.context.options;
      const words = this.timestamp === undefined ? greeting : `${greeting} ${this.timestamp}`;
      this.#outbox.add(this.#connection.greet('+OK', words));
      await this.#serve();
      await this.flush();
    } catch (error) {
      if (!this.#ended.signal.aborted) this.log({ event: 'error', error });
      this.transport.destroy(error instanceof Error ? error : undefined);
    } finally {
      this.#watchdog.stop();
      await this.transaction?.close().catch((error: unknown) => this.log({ event: 'error', error }));
      this.log({ event: 'closed' });
      await this.transport.close();
    }
  }

  /** Turns the client away; without a word where it expects a TLS handshake first. Never rejects. */
  async refuse(text: string): Promise<void> {
    this.log({ event: 'turned-away' });
    if (this.security === 'tls') {
      this.transport.destroy();
      return;
    }
    await this.transport.write(this.#connection.greet('-ERR', text, { code: 'SYS/TEMP' })).catch(() => {});
    await this.transport.close();
  }

  /** Ends the session at once: nothing is deleted. */
  destroy(): void {
    this.#ended.abort();
    this.transport.destroy();
  }

  /** Lets the session end when the answers so far have been sent: no further command is read. */
  end(): void {
    this.#ended.abort();
  }

  get state(): ServerConnection['state'] {
    return this.#connection.state;
  }

  /** Runs the TLS handshake; after one that STLS began, the session starts anew. */
  async secure(): Promise<void> {
    const { options, timeouts } = this.context;
    if (this.transport.tls !== undefined) return;
    if (options.tls === undefined) throw new LocalProtocolError('there is no certificate for TLS');
    await this.transport.secure(options.tls, {
      milliseconds: timeouts.handshake,
      signal: this.#ended.signal,
    });
    this.user = undefined;
    this.utf8 = false;
    this.exchange = undefined;
    if (this.state === 'TLS-HANDSHAKE') this.#connection.tlsEstablished();
    this.log({ event: 'tls' });
  }

  /** Answers the command at hand. */
  reply(status: StatusIndicator, text: string, options?: ReplyOptions): void {
    this.#answered = true;
    this.#outbox.add(this.#connection.respond(status, text, options));
  }

  /** Answers with a challenge; `data` is base64. */
  challenge(data: string): void {
    this.#answered = true;
    this.#outbox.add(this.#connection.challenge(data));
  }

  /** Answers with lines. */
  async lines(text: string, lines: Iterable<string>): Promise<void> {
    this.reply('+OK', text);
    for (const line of lines) {
      this.#outbox.add(this.#connection.line(line));
      if (this.#outbox.full) await this.flush();
    }
    this.#outbox.add(this.#connection.end());
  }

  /** A piece of a message, behind a `+OK`. To be waited for where there is something to wait for. */
  content(octets: Uint8Array): Promise<void> | undefined {
    for (const piece of this.#connection.content(octets)) this.#outbox.add(piece);
    return this.#outbox.full ? this.flush() : undefined;
  }

  endContent(): void {
    this.#outbox.add(this.#connection.end());
  }

  /** Writes the answers so far. Otherwise they leave when the client has to be waited for, or when there are many. */
  flush(): Promise<void> {
    return this.#outbox.flush();
  }

  /** Waits; less long where the session is ended meanwhile. */
  async pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#ended.signal }).catch(() => {});
  }

  requireTransaction(): Transaction {
    if (this.transaction === undefined) throw new LocalProtocolError('nobody has logged in');
    return this.transaction;
  }

  log(entry: Omit<ServerLogEntry, 'client'>): void {
    const user = entry.user ?? this.transaction?.user;
    this.context.log({ client: formatEndpoint(this.transport.endpoint), ...entry, user });
  }

  async #serve(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const event = this.#connection.nextEvent();
      if (event === NEED_DATA) {
        await this.flush();
        this.#connection.receiveData(await this.#read());
        continue;
      }
      this.#stopWaiting();
      if (typeof event === 'symbol') throw new LocalProtocolError('a command was left without an answer');
      if (event.type === 'closed') return;
      await this.#answer(event);
      if (this.#outbox.full) await this.flush();
    }
  }

  // A handler that fails before it has answered harms its own command only.
  async #answer(event: Exclude<ServerEvent, { type: 'closed' }>): Promise<void> {
    this.#answered = false;
    try {
      await this.#handle(event);
      if (!this.#answered) throw new LocalProtocolError('the command was not answered');
    } catch (error) {
      if (this.#answered) throw error;
      this.exchange = undefined;
      this.log({ event: 'error', error });
      this.reply('-ERR', 'something went wrong here, try again later', { code: 'SYS/TEMP' });
    }
  }

  async #handle(event: Exclude<ServerEvent, { type: 'closed' }>): Promise<void> {
    if (event.type !== 'invalid-command') this.#invalidCommands = 0;
    switch (event.type) {
      case 'command':
        return handlers[event.command.keyword](this, event.command);
      case 'invalid-command':
        return this.#refuseInvalid(event.text);
      case 'authentication-response':
        return continueAuth(this, event.data);
      case 'authentication-cancelled':
        this.exchange = undefined;
        return this.reply('-ERR', 'the login was cancelled');
    }
  }

  // Whoever goes on like this speaks another protocol: HTTP, from a browser that was made to.
  #refuseInvalid(text: string): void {
    const { maximumInvalidCommands = 20 } = this.context.options;
    this.reply('-ERR', text);
    if (++this.#invalidCommands >= maximumInvalidCommands) this.end();
  }

  async #write(octets: Uint8Array): Promise<void> {
    const { write } = this.context.timeouts;
    this.#stopWaiting();
    this.#watchdog.arm('write', write, (error) => this.transport.destroy(error));
    try {
      await this.transport.write(octets);
    } finally {
      this.#watchdog.disarm();
    }
  }

  // One deadline for the whole of the next command, however many pieces it comes in.
  #read(): Promise<Uint8Array | null> {
    if (!this.#waiting) {
      this.#waiting = true;
      const { idle } = this.context.timeouts;
      const left =
        this.transaction === undefined ? this.#loginDeadline - performance.now() : Number.POSITIVE_INFINITY;
      const milliseconds = Math.max(0, Math.min(idle, left));
      const what = left < idle ? 'no login was done in time' : `no command came within ${idle / 1000} s`;
      this.#watchdog.arm('command', milliseconds, () => {
        const { endpoint } = this.transport;
        this.transport.destroy(
          new TransportError(`${formatEndpoint(endpoint)}: ${what}`, { phase: 'read', endpoint }),
        );
      });
    }
    return this.transport.read();
  }

  #stopWaiting(): void {
    if (!this.#waiting) return;
    this.#waiting = false;
    this.#watchdog.disarm();
  }
}

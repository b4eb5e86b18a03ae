import {
  type Capabilities,
  type ClientConnection,
  type ClientEvent,
  ConnectionClosedError,
  concatenate,
  type DeletionsCommitted,
  type GreetingEvent,
  NEED_DATA,
  Queue,
  type Secret,
} from '../protocol/index.ts';
import type { Transport } from '../transport/index.ts';
import { abortable } from './abortable.ts';
import { Answer } from './answer.ts';
import type { CommandOptions, Exchange } from './exchange.ts';
import type { Redactor } from './redact.ts';
import { SessionDeadline } from './session-deadline.ts';
import type { Timeouts } from './timeout.ts';
import { type Trace, Tracer } from './trace.ts';
import { type CommandWindow, WindowOfOne } from './window.ts';

/** What a session is made of. */
export interface SessionOptions {
  readonly transport: Transport;
  readonly connection: ClientConnection;
  /** The same that the connection was given. */
  readonly redactor: Redactor;
  readonly timeouts: Timeouts;
  /** Whether several commands may be in flight where the server offers PIPELINING. */
  readonly pipelining: boolean;
  readonly trace?: Trace | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Couples a protocol core to a transport: sends commands as the window allows, reads all the time, and hands every event to
 * the exchange that it belongs to. The first failure ends the session and is what every later call gets.
 */
export class Session {
  readonly transport: Transport;
  readonly pipelining: boolean;
  /** Knows the secrets of the logins, so that no word of the server shows one. */
  readonly redactor: Redactor;
  /** What the server said last about itself; undefined where it does not know CAPA. */
  capabilities: Capabilities | undefined;
  /** How many commands may be in flight. */
  window: CommandWindow = new WindowOfOne();
  readonly #connection: ClientConnection;
  readonly #trace: Tracer;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: SessionDeadline;
  readonly #waiting = new Queue<Exchange>();
  readonly #inFlight = new Queue<Exchange>();
  readonly #ended: Promise<unknown>;
  #resolveGreeting: (event: GreetingEvent) => void = () => {};
  #rejectGreeting: (error: unknown) => void = () => {};
  #greeted = false;
  #failure: { readonly error: unknown } | undefined;
  #pumpScheduled = false;
  // Set while the reader of a message holds the connection back.
  #stopHolding: (() => void) | undefined;
  // STLS, accepted by the server, until the handshake is done.
  #upgrading: { readonly exchange: Exchange; readonly answer: Answer } | undefined;
  /** The server's first line. Rejects where none came. */
  readonly greeting: Promise<GreetingEvent>;

  constructor({ transport, connection, redactor, timeouts, pipelining, trace, signal }: SessionOptions) {
    this.transport = transport;
    this.pipelining = pipelining;
    this.redactor = redactor;
    this.#connection = connection;
    this.#trace = new Tracer(trace, redactor);
    this.#signal = signal;
    this.#deadline = new SessionDeadline(transport.endpoint, timeouts, this.#fail);
    this.greeting = new Promise((resolve, reject) => {
      this.#resolveGreeting = resolve;
      this.#rejectGreeting = reject;
    });
    signal?.addEventListener('abort', this.#abort);
    this.#ended = this.#run();
  }

  get state(): ClientConnection['state'] {
    return this.#connection.state;
  }

  get quirks(): ClientConnection['quirks'] {
    return this.#connection.quirks;
  }

  get deletionsCommitted(): DeletionsCommitted {
    return this.#connection.deletionsCommitted;
  }

  /** Queues a command. It is sent as soon as the window has room; commands of one turn go out in one write. */
  submit(exchange: Exchange, { signal }: CommandOptions = {}): void {
    if (this.#failure !== undefined) {
      exchange.fail(this.#failure.error);
    } else if (signal?.aborted) {
      exchange.fail(signal.reason);
    } else {
      this.#waiting.push(signal === undefined ? exchange : abortable(exchange, signal, this.#withdraw));
      if (this.#pumpScheduled) return;
      this.#pumpScheduled = true;
      queueMicrotask(() => {
        this.#pumpScheduled = false;
        this.#pump();
      });
    }
  }

  /** Answers a challenge; undefined cancels the exchange. */
  answer(response: Secret<string> | undefined): void {
    if (this.#failure !== undefined) return;
    try {
      const octets =
        response === undefined
          ? this.#connection.cancelAuthentication()
          : this.#connection.sendAuthenticationResponse(response);
      this.#trace.answer(response === undefined);
      this.#write(octets);
      this.#deadline.answered(this.#connection);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the session at once. Without QUIT, no server deletes anything (RFC 1939 section 6). */
  destroy(reason?: unknown): void {
    this.#fail(reason ?? this.#closedError('the session was ended by the caller'));
  }

  /** Resolves when the connection is closed, in whatever way, with the error that every later call gets. */
  get ended(): Promise<unknown> {
    return this.#ended;
  }

  async #run(): Promise<unknown> {
    try {
      if (this.#signal?.aborted) throw this.#signal.reason;
      this.#arm();
      while (this.#failure === undefined) {
        const octets = await this.transport.read();
        if (octets !== null) this.#deadline.progress(octets.length);
        this.#connection.receiveData(octets);
        await this.#dispatchAll();
        if (this.state === 'TLS-HANDSHAKE') await this.#upgrade();
        if (this.state === 'CLOSED') break;
        this.#pump();
        this.#arm();
      }
      if (this.#failure === undefined) await this.#finish();
    } catch (error) {
      this.#fail(error);
    }
    return this.#failure?.error;
  }

  async #dispatchAll(): Promise<void> {
    while (this.#failure === undefined) {
      const event = this.#connection.nextEvent();
      if (event === NEED_DATA) return;
      this.#trace.event(event);
      const held = this.#dispatch(event);
      if (held !== undefined) await this.#hold(held);
    }
  }

  // Until the reader of a message has room again, or the session ends.
  async #hold(held: Promise<void>): Promise<void> {
    // The reader itself may have ended it.
    if (this.#failure !== undefined) return;
    this.#deadline.waitForReader();
    await new Promise<void>((resolve) => {
      this.#stopHolding = resolve;
      held.then(resolve, resolve);
    });
    this.#stopHolding = undefined;
    this.#arm();
  }

  #dispatch(event: ClientEvent): void | Promise<void> {
    const exchange = this.#inFlight.first;
    switch (event.type) {
      case 'content':
        return exchange?.content?.(event.octets);
      case 'line':
        exchange?.line?.(this.redactor.redactLine(event), event.lineNumber);
        return;
      case 'response':
        if (!event.multiLine) this.#complete();
        if (exchange !== undefined) this.#answer(exchange, new Answer(event, this.redactor));
        return;
      case 'end':
        this.#complete();
        return exchange?.end?.();
      case 'challenge':
        exchange?.challenge?.(event);
        return;
      case 'greeting':
        this.#greeted = true;
        this.#resolveGreeting(event);
        return;
      case 'closed':
        throw this.#closedError('the server closed the connection');
    }
  }

  // STLS is answered to the caller when the handshake is done.
  #answer(exchange: Exchange, answer: Answer): void {
    if (this.state === 'TLS-HANDSHAKE') this.#upgrading = { exchange, answer };
    else exchange.response(answer);
  }

  async #upgrade(): Promise<void> {
    this.#deadline.pause();
    await this.transport.upgrade();
    this.#connection.tlsEstablished();
    this.#trace.note(`TLS established: ${this.transport.tls?.version ?? ''}`);
    const upgraded = this.#upgrading;
    this.#upgrading = undefined;
    upgraded?.exchange.response(upgraded.answer);
  }

  #complete(): void {
    this.#inFlight.shift();
    this.window.completed();
  }

  #pump(): void {
    // What is asked for meanwhile waits until the handshake is done.
    if (this.#failure !== undefined || !this.#greeted || this.state === 'TLS-HANDSHAKE') return;
    const lines: Uint8Array[] = [];
    for (;;) {
      const next = this.#waiting.first;
      if (next === undefined || !this.window.admits(next.command, this.#inFlight.last?.command)) break;
      this.#waiting.shift();
      try {
        const line = this.#connection.send(next.command);
        this.#trace.command(next.command);
        this.window.sent(line.length);
        this.#inFlight.push(next);
        lines.push(line);
      } catch (error) {
        next.fail(error);
      }
    }
    const [only] = lines;
    if (only === undefined) return;
    this.#write(lines.length === 1 ? only : concatenate(lines));
    this.#arm();
  }

  #write(octets: Uint8Array): void {
    this.transport.write(octets).catch(this.#fail);
  }

  #arm(): void {
    if (this.#failure !== undefined || this.#stopHolding !== undefined) return;
    this.#deadline.waitForServer(this.#connection);
  }

  async #finish(): Promise<void> {
    this.#failure = { error: this.#closedError('the session is over') };
    this.#release();
    await this.transport.close().catch(() => {});
  }

  readonly #abort = (): void => this.#fail(this.#signal?.reason);

  readonly #fail = (error: unknown): void => {
    if (this.#failure !== undefined) return;
    this.#failure = { error };
    this.#trace.note('the session ended with an error');
    this.transport.destroy(error instanceof Error ? error : undefined);
    this.#rejectGreeting(error);
    this.#stopHolding?.();
    this.#upgrading?.exchange.fail(error);
    this.#release();
  };

  // Commands fail in the order in which they were given: the first is the one that the session ended at.
  #release(): void {
    this.#deadline.stop();
    this.#signal?.removeEventListener('abort', this.#abort);
    for (const queue of [this.#inFlight, this.#waiting]) {
      for (const exchange of queue.drain()) exchange.fail(this.#failure?.error);
    }
  }

  // A command that was not sent yet can be taken back; one that was, only with the session.
  readonly #withdraw = (exchange: Exchange, reason: unknown): void => {
    if (this.#waiting.remove(exchange)) exchange.fail(reason);
    else this.#fail(reason);
  };

  #closedError(message: string): ConnectionClosedError {
    return new ConnectionClosedError(message, { deletionsCommitted: this.deletionsCommitted });
  }
}

import {
  type Capabilities,
  type ClientConnection,
  type ClientEvent,
  ConnectionClosedError,
  type DeletionsCommitted,
  describeCommand,
  type GreetingEvent,
  NEED_DATA,
  type ResponseEvent,
  type Secret,
} from '../protocol/index.ts';
import { type Transport, Watchdog } from '../transport/index.ts';
import type { CommandOptions, Exchange } from './exchange.ts';
import type { Timeouts } from './timeout.ts';
import { describeEvent, type Trace } from './trace.ts';
import { type CommandWindow, WindowOfOne } from './window.ts';

/** What a session is made of. */
export interface SessionOptions {
  readonly transport: Transport;
  readonly connection: ClientConnection;
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
  readonly timeouts: Timeouts;
  readonly pipelining: boolean;
  /** What the server said last about itself; undefined where it does not know CAPA. */
  capabilities: Capabilities | undefined;
  /** How many commands may be in flight. */
  window: CommandWindow = new WindowOfOne();
  readonly #connection: ClientConnection;
  readonly #trace: Trace | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #watchdog: Watchdog;
  readonly #waiting: Exchange[] = [];
  readonly #inFlight: Exchange[] = [];
  // The exchanges that carried a secret, for what the trace must not show.
  readonly #logins = new Set<Exchange>();
  readonly #ended: Promise<void>;
  #resolveGreeting: (event: GreetingEvent) => void = () => {};
  #rejectGreeting: (error: unknown) => void = () => {};
  #greeted = false;
  #failure: { readonly error: unknown } | undefined;
  #pumpScheduled = false;
  #contentOctets = 0;
  // STLS, accepted by the server, until the handshake is done.
  #upgrading: { readonly exchange: Exchange; readonly event: ResponseEvent } | undefined;
  #sessionTimer: Watchdog | undefined;
  /** The server's first line. Rejects where none came. */
  readonly greeting: Promise<GreetingEvent>;

  constructor({ transport, connection, timeouts, pipelining, trace, signal }: SessionOptions) {
    this.transport = transport;
    this.timeouts = timeouts;
    this.pipelining = pipelining;
    this.#connection = connection;
    this.#trace = trace;
    this.#signal = signal;
    this.#watchdog = new Watchdog(transport.endpoint, { minimumRate: timeouts.minimumRate });
    this.greeting = new Promise((resolve, reject) => {
      this.#resolveGreeting = resolve;
      this.#rejectGreeting = reject;
    });
    if (timeouts.session > 0) {
      this.#sessionTimer = new Watchdog(transport.endpoint, { minimumRate: 0 });
      this.#sessionTimer.arm('session', timeouts.session, this.#fail);
    }
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
      this.#waiting.push(signal === undefined ? exchange : this.#abortable(exchange, signal));
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
      this.#trace?.({ direction: 'client', text: response === undefined ? '*' : '[secret]' });
      this.#write(octets);
      this.#arm();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Ends the session at once. Without QUIT, no server deletes anything (RFC 1939 section 6). */
  destroy(reason?: unknown): void {
    this.#fail(reason ?? this.#closedError('the session was ended by the caller'));
  }

  /** Resolves when the connection is closed, in whatever way. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  async #run(): Promise<void> {
    try {
      if (this.#signal?.aborted) throw this.#signal.reason;
      this.#arm();
      while (this.#failure === undefined) {
        const octets = await this.transport.read();
        if (octets !== null) this.#watchdog.progress(octets.length);
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
  }

  async #dispatchAll(): Promise<void> {
    while (this.#failure === undefined) {
      const event = this.#connection.nextEvent();
      if (event === NEED_DATA) return;
      if (this.#trace !== undefined) this.#traceEvent(event, this.#trace);
      const held = this.#dispatch(event);
      if (held === undefined) continue;
      // The consumer is what we wait for now, not the server.
      this.#watchdog.disarm();
      await held;
      this.#arm();
    }
  }

  #dispatch(event: ClientEvent): void | Promise<void> {
    const exchange = this.#inFlight[0];
    switch (event.type) {
      case 'content':
        this.#contentOctets += event.octets.length;
        return exchange?.content?.(event.octets);
      case 'line':
        return exchange?.line?.(event.text, event.lineNumber);
      case 'response':
        if (!event.multiLine) this.#complete();
        // STLS is answered to the caller when the handshake is done.
        if (this.state !== 'TLS-HANDSHAKE') exchange?.response(event);
        else if (exchange !== undefined) this.#upgrading = { exchange, event };
        return;
      case 'end':
        this.#complete();
        return exchange?.end?.();
      case 'challenge':
        return exchange?.challenge?.(event);
      case 'greeting':
        this.#greeted = true;
        this.#resolveGreeting(event);
        return;
      case 'closed':
        throw this.#closedError('the server closed the connection');
    }
  }

  async #upgrade(): Promise<void> {
    this.#watchdog.disarm();
    await this.transport.upgrade();
    this.#connection.tlsEstablished();
    this.#trace?.({ direction: 'note', text: `TLS established: ${this.transport.tls?.version ?? ''}` });
    const upgraded = this.#upgrading;
    this.#upgrading = undefined;
    upgraded?.exchange.response(upgraded.event);
  }

  #complete(): void {
    this.#inFlight.shift();
    this.window.completed();
    this.#contentOctets = 0;
  }

  #pump(): void {
    if (this.#failure !== undefined || !this.#greeted) return;
    const writes: Uint8Array[] = [];
    let octets = 0;
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0];
      if (next === undefined || !this.window.admits(next.command, this.#inFlight.at(-1)?.command)) break;
      this.#waiting.shift();
      try {
        const line = this.#connection.send(next.command);
        this.#trace?.({ direction: 'client', text: describeCommand(next.command) });
        this.window.sent(line.length);
        this.#inFlight.push(next);
        if (next.redact !== undefined && this.#trace !== undefined) this.#logins.add(next);
        writes.push(line);
        octets += line.length;
      } catch (error) {
        next.fail(error);
      }
    }
    if (octets === 0) return;
    this.#write(writes.length === 1 && writes[0] !== undefined ? writes[0] : concatenate(writes, octets));
    this.#arm();
  }

  #write(octets: Uint8Array): void {
    this.transport.write(octets).catch(this.#fail);
  }

  // A server that was told a secret may quote it at any time.
  readonly #redact = (text: string): string =>
    [...this.#logins].reduce((redacted, { redact }) => redact?.(redacted) ?? redacted, text);

  // The deadline of what is waited for now.
  #arm(): void {
    if (this.#failure !== undefined) return;
    const { timeouts } = this;
    const command = this.#connection.outstanding;
    if (!this.#greeted) this.#watchdog.arm('greeting', timeouts.greeting, this.#fail);
    else if (command === undefined) this.#watchdog.disarm();
    else if (this.#connection.withinMultiLine) this.#watchdog.arm('idle', timeouts.idle, this.#fail);
    else if (command.keyword === 'QUIT') this.#watchdog.arm('quit', timeouts.quit, this.#fail);
    else if (command.keyword === 'PASS' || command.keyword === 'AUTH' || command.keyword === 'APOP') {
      this.#watchdog.arm('pass', timeouts.pass, this.#fail);
    } else this.#watchdog.arm('command', timeouts.command, this.#fail);
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
    this.#trace?.({ direction: 'note', text: 'the session ended with an error' });
    this.#release();
    this.transport.destroy(error instanceof Error ? error : undefined);
    this.#rejectGreeting(error);
    this.#upgrading?.exchange.fail(error);
    for (const exchange of this.#inFlight.splice(0)) exchange.fail(error);
    for (const exchange of this.#waiting.splice(0)) exchange.fail(error);
  };

  #release(): void {
    this.#watchdog.stop();
    this.#sessionTimer?.stop();
    this.#signal?.removeEventListener('abort', this.#abort);
    for (const exchange of this.#waiting.splice(0)) {
      exchange.fail(this.#failure?.error);
    }
  }

  #closedError(message: string): ConnectionClosedError {
    return new ConnectionClosedError(message, { deletionsCommitted: this.deletionsCommitted });
  }

  #abortable(exchange: Exchange, signal: AbortSignal): Exchange {
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    const watched: Exchange = {
      ...exchange,
      response: (event) => {
        if (!event.multiLine) settle();
        exchange.response(event);
      },
      end: () => {
        settle();
        return exchange.end?.();
      },
      fail: (error) => {
        settle();
        exchange.fail(error);
      },
    };
    const onAbort = (): void => {
      const place = this.#waiting.indexOf(watched);
      if (place < 0) {
        this.#fail(signal.reason);
      } else {
        this.#waiting.splice(place, 1);
        watched.fail(signal.reason);
      }
    };
    signal.addEventListener('abort', onAbort);
    return watched;
  }

  #traceEvent(event: ClientEvent, trace: Trace): void {
    if (event.type === 'end' && this.#contentOctets > 0) {
      trace({ direction: 'note', text: `${this.#contentOctets} octets of content` });
    }
    const entry = describeEvent(event, this.#redact);
    if (entry !== undefined) trace(entry);
  }
}

function concatenate(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

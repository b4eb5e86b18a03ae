import {
  type DeliveryMessage,
  type DeliveryResult,
  type Destination,
  failed,
  type Recovery,
} from './destination.ts';
import { DestinationError, type DestinationFailure } from './error.ts';
import { explainNetworkFailure } from './network-failure.ts';
import { commitOneByOne } from './one-by-one.ts';
import { type SmtpAnswer, type SmtpEndpoint, SmtpSession, SmtpSessionError } from './smtp-session.ts';
import { SpooledDelivery } from './spool.ts';

/** How an {@link SmtpDestination} is made. */
export interface SmtpOptions extends SmtpEndpoint {
  /** Who gets the messages. For several, make several destinations: each has an answer of its own, and a record of its own. */
  readonly recipient: string;
  /** The envelope's sender; empty by default, so that nobody gets a bounce about mail that came by POP3. */
  readonly sender?: string | undefined;
  readonly name?: string | undefined;
}

/**
 * A mail server that gets each message, by LMTP or SMTP. It cannot be asked what it has.
 *
 * The connection is made for the first message of a run, and serves all of them. The content goes out octet by octet, with dots stuffed;
 * only a CR or LF that stands alone becomes CRLF, as SMTP has no way to send one (RFC 5321 section 2.3.8).
 */
export class SmtpDestination implements Destination<SpooledDelivery> {
  readonly name: string;
  readonly recognisesRepeats = false;
  readonly batchMessages = 1;
  readonly #options: SmtpOptions;
  #session: SmtpSession | undefined;
  // Ends a session that is being opened.
  #opening = new AbortController();

  constructor(options: SmtpOptions) {
    this.#options = options;
    this.name = options.name ?? `${options.protocol}://${options.host}:${options.port}`;
  }

  async open(): Promise<void> {}

  async begin(message: DeliveryMessage): Promise<SpooledDelivery> {
    // Before anything is fetched for nothing.
    await this.#connected();
    return new SpooledDelivery(this.name, message);
  }

  commit(deliveries: readonly SpooledDelivery[]): Promise<readonly DeliveryResult[]> {
    return commitOneByOne(deliveries, (delivery) => this.#send(delivery));
  }

  async recover(): Promise<Recovery> {
    return 'unknown';
  }

  async close(): Promise<void> {
    this.#opening.abort();
    this.#opening = new AbortController();
    this.#session?.quit();
    this.#session = undefined;
  }

  async #send(delivery: SpooledDelivery): Promise<DeliveryResult> {
    const { recipient, sender = '' } = this.#options;
    const envelope = { from: sender, to: recipient, octets: delivery.octets };
    // A server may end a connection that was idle. Once: then the message has not left yet.
    for (let again = true; ; again = false) {
      const session = await this.#connected();
      const answer = await session.send(envelope, delivery.stream());
      if (answer.type === 'accepted') return { status: 'delivered' };
      if (again && answer.type === 'lost' && !answer.doubtful) continue;
      return this.#judge(answer);
    }
  }

  async #connected(): Promise<SmtpSession> {
    const existing = this.#session;
    if (existing?.alive === true) return existing;
    try {
      const session = await SmtpSession.open(this.#options, this.#opening.signal);
      this.#session = session;
      return session;
    } catch (cause) {
      throw this.#unreachable(cause);
    }
  }

  #judge(answer: Exclude<SmtpAnswer, { type: 'accepted' }>): DeliveryResult {
    if (answer.type === 'lost') {
      const failure = { step: 'submit', scope: 'destination', transient: true } as const;
      const what = `the connection broke: ${explainNetworkFailure(answer.error).what}`;
      return failed(this.#error(what, failure, answer.error), answer.doubtful);
    }
    const { what, code, text } = answer;
    // 421: the server is about to close. Sender and recipient are the same for all messages.
    const scope = code === 421 || what !== 'message' ? 'destination' : 'message';
    const failure = { step: 'submit', scope, transient: code < 500 } as const;
    const hint =
      code < 500
        ? 'The server may take it later: the next run tries again.'
        : 'The server does not want it: its own words say why.';
    return failed(this.#error(`the server refused the ${what}: ${text}`, failure, undefined, hint));
  }

  #unreachable(cause: unknown): DestinationError {
    if (!(cause instanceof SmtpSessionError)) throw cause;
    const { step, status, message } = cause;
    const transient = status === undefined ? step === 'connect' : status < 500;
    const failure = { step, scope: 'destination', transient } as const;
    if (step === 'login') {
      const hint = 'Check user and password of the destination.';
      return this.#error(`the login was refused: ${message}`, failure, cause, hint);
    }
    const { what, hint } = explainNetworkFailure(cause.cause);
    return this.#error(`cannot connect: ${what}`, failure, cause, hint);
  }

  #error(
    what: string,
    failure: Omit<DestinationFailure, 'destination'>,
    cause?: unknown,
    hint = 'Try again later.',
  ): DestinationError {
    return new DestinationError(
      `${this.name}: ${what}`,
      { destination: this.name, ...failure },
      { cause, hint },
    );
  }
}

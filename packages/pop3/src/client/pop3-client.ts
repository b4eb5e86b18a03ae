import type {
  Capabilities,
  DeletionsCommitted,
  DropListing,
  GreetingEvent,
  ScanListing,
  SessionState,
  UniqueIdListing,
} from '../protocol/index.ts';
import type { Endpoint, TlsState } from '../transport/index.ts';
import { type ApopOptions, apop } from './apop.ts';
import { type AuthOptions, auth } from './auth.ts';
import { type AuthenticateOptions, type AuthenticationResult, authenticate } from './authenticate.ts';
import { capa } from './capa.ts';
import { openSession } from './connect.ts';
import type { ConnectOptions } from './connect-options.ts';
import { dele } from './dele.ts';
import type { CommandOptions } from './exchange.ts';
import { type Language, lang, languages } from './lang.ts';
import { list, listOne } from './list.ts';
import type { Listing, ListingOptions } from './listing.ts';
import type { MessageStream } from './message-stream.ts';
import { noop } from './noop.ts';
import { type PassOptions, pass } from './pass.ts';
import { quit } from './quit.ts';
import { type ContentSink, retrieve, retrieveInto } from './retr.ts';
import { rset } from './rset.ts';
import type { Session } from './session.ts';
import { stat } from './stat.ts';
import { stls } from './stls.ts';
import { top } from './top.ts';
import { uidl, uidlOne } from './uidl.ts';
import { user } from './user.ts';
import { utf8 } from './utf8.ts';

/** The server's first line. */
export type Greeting = Pick<GreetingEvent, 'text' | 'timestamp' | 'responseCode'>;

/**
 * A POP3 session (RFC 1939). Every command has a method of its name; `authenticate` chooses the safest way to log in.
 *
 * Methods may be called without waiting for the ones before: where the server offers PIPELINING, their commands travel
 * together. Each gets its own result, and a refusal ({@link CommandRejectedError}) harms only its own command. An error that is `fatal` ends
 * the session, and every later call rejects with it.
 */
export class Pop3Client {
  readonly greeting: Greeting;
  readonly #session: Session;

  private constructor(session: Session, greeting: Greeting) {
    this.#session = session;
    this.greeting = greeting;
  }

  /**
   * Connects and reads the greeting. With `starttls` the connection is protected before this resolves, or this rejects.
   *
   * @throws TransportError, TimeoutError, TlsPolicyError, RemoteProtocolError, CommandRejectedError (the greeting was -ERR).
   */
  static async connect(options: ConnectOptions): Promise<Pop3Client> {
    const { session, greeting } = await openSession(options);
    return new Pop3Client(session, greeting);
  }

  /** Where the session is connected to: as `connect` was told, whatever address it has. */
  get endpoint(): Endpoint {
    return this.#session.transport.endpoint;
  }

  /** Undefined: the connection is not protected, and whatever is sent can be read on the way. */
  get tls(): TlsState | undefined {
    return this.#session.transport.tls;
  }

  /**
   * What the server said last that it can do; undefined where it does not know CAPA. It is asked again with a login, whose result does not wait for
   * that: what holds after it is known when the next command is answered, or `capa` is.
   */
  get capabilities(): Capabilities | undefined {
    return this.#session.capabilities;
  }

  /** How far the session is (RFC 1939 section 3): which commands make sense now. */
  get state(): SessionState {
    return this.#session.state;
  }

  /** Whether the deletions of this session took effect, if it ended now: only QUIT's +OK makes it `yes`. */
  get deletionsCommitted(): DeletionsCommitted {
    return this.#session.deletionsCommitted;
  }

  /**
   * Logs in by the safest way that the server offers, and says which one and why. A refusal of the credentials is final: no weaker
   * way is tried after it. CAPA follows by itself.
   *
   * @throws AuthenticationRejectedError, AuthenticationUnsafeError, AuthenticationUnavailableError, SaslError.
   */
  authenticate(options: AuthenticateOptions): Promise<AuthenticationResult> {
    return authenticate(this.#session, this.greeting, options);
  }

  /** USER (RFC 1939 section 7). Gives the server's words. */
  user(name: string, options?: CommandOptions): Promise<string> {
    return user(this.#session, name, options);
  }

  /**
   * PASS (RFC 1939 section 7). Gives the server's words.
   *
   * @throws AuthenticationUnsafeError without TLS, unless `allowCleartextPassword` is true.
   */
  pass(password: PassOptions['password'], options?: Omit<PassOptions, 'password'>): Promise<string> {
    return pass(this.#session, { ...options, password });
  }

  /** APOP (RFC 1939 section 7): needs a timestamp in the greeting. Gives the server's words. */
  apop(name: string, password: ApopOptions['password'], options?: CommandOptions): Promise<string> {
    return apop(this.#session, this.greeting, { ...options, user: name, password });
  }

  /** AUTH (RFC 5034) with one mechanism, by its registered name or as an object of your own. Gives the server's words. */
  auth(mechanism: AuthOptions['mechanism'], options: Omit<AuthOptions, 'mechanism'>): Promise<string> {
    return auth(this.#session, { ...options, mechanism });
  }

  /** STAT (RFC 1939 section 5): how many messages, and their octets. */
  stat(options?: CommandOptions): Promise<DropListing> {
    return stat(this.#session, options);
  }

  /**
   * LIST (RFC 1939 section 5): all messages, or one. The octets are what the server says; it may be wrong. With `onEntry`, entries are
   * handed over as they come, and not held.
   *
   * @throws RemoteProtocolError where the answer is malformed, which harms this command only, or about another message, which ends the
   * session.
   */
  list(options?: ListingOptions<ScanListing>): Promise<Listing<ScanListing>>;
  list(messageNumber: number, options?: CommandOptions): Promise<ScanListing>;
  list(
    first?: number | ListingOptions<ScanListing>,
    options?: CommandOptions,
  ): Promise<Listing<ScanListing> | ScanListing> {
    return typeof first === 'number' ? listOne(this.#session, first, options) : list(this.#session, first);
  }

  /**
   * UIDL (RFC 1939 section 7): the unique-ids of all messages, or of one.
   *
   * @throws RemoteProtocolError as `list` does.
   */
  uidl(options?: ListingOptions<UniqueIdListing>): Promise<Listing<UniqueIdListing>>;
  uidl(messageNumber: number, options?: CommandOptions): Promise<UniqueIdListing>;
  uidl(
    first?: number | ListingOptions<UniqueIdListing>,
    options?: CommandOptions,
  ): Promise<Listing<UniqueIdListing> | UniqueIdListing> {
    return typeof first === 'number' ? uidlOne(this.#session, first, options) : uidl(this.#session, first);
  }

  /** RETR (RFC 1939 section 5) as a stream. It is not deleted by that, and not marked as seen. */
  retrieve(messageNumber: number, options?: CommandOptions): MessageStream {
    return retrieve(this.#session, messageNumber, options);
  }

  /** RETR into a sink, the cheapest way for many messages. Resolves when the whole message was taken. */
  retrieveInto(messageNumber: number, sink: ContentSink, options?: CommandOptions): Promise<void> {
    return retrieveInto(this.#session, messageNumber, sink, options);
  }

  /** TOP (RFC 1939 section 7): the header, the blank line, and so many lines of the body. */
  top(messageNumber: number, lines: number, options?: CommandOptions): MessageStream {
    return top(this.#session, messageNumber, lines, options);
  }

  /** DELE (RFC 1939 section 5): marks as deleted. The message is gone when `quit` resolved, not before. */
  dele(messageNumber: number, options?: CommandOptions): Promise<void> {
    return dele(this.#session, messageNumber, options);
  }

  /** RSET (RFC 1939 section 5): takes every deletion mark of this session back. */
  rset(options?: CommandOptions): Promise<void> {
    return rset(this.#session, options);
  }

  /** NOOP (RFC 1939 section 5). */
  noop(options?: CommandOptions): Promise<void> {
    return noop(this.#session, options);
  }

  /** CAPA (RFC 2449 section 5). Undefined where the server does not know it. */
  capa(options?: CommandOptions): Promise<Capabilities | undefined> {
    return capa(this.#session, options);
  }

  /** STLS (RFC 2595 section 4), and CAPA after it. Use `security: 'starttls'` rather than this. */
  async stls(options?: CommandOptions): Promise<void> {
    await stls(this.#session, options);
    await capa(this.#session, options);
  }

  /** UTF8 (RFC 6856 section 2). `authenticate` does it where it is offered. */
  utf8(options?: CommandOptions): Promise<void> {
    return utf8(this.#session, options);
  }

  /** LANG (RFC 6856 section 3): the languages that there are, or the choice of one. */
  lang(options?: CommandOptions): Promise<readonly Language[]>;
  lang(tag: string, options?: CommandOptions): Promise<string>;
  lang(first?: string | CommandOptions, options?: CommandOptions): Promise<readonly Language[] | string> {
    return typeof first === 'string' ? lang(this.#session, first, options) : languages(this.#session, first);
  }

  /**
   * QUIT (RFC 1939 section 6): commits the deletions and ends the session. Gives the server's last words.
   * Where it rejects, `deletionsCommitted` says what is known.
   */
  quit(options?: CommandOptions): Promise<string> {
    return quit(this.#session, options);
  }

  /** Ends the session at once, without QUIT: nothing is deleted. */
  destroy(reason?: Error): void {
    this.#session.destroy(reason);
  }

  /** Leaves the session, without QUIT where it is still open: nothing is deleted then. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.destroy();
    await this.#session.ended;
  }
}

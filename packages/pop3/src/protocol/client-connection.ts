import { ClientProgress } from './client-progress.ts';
import { type Command, encodeCommand, responseShape } from './command.ts';
import { ContentReader, END_OF_CONTENT } from './content-reader.ts';
import { type DeletionsCommitted, LocalProtocolError } from './error.ts';
import { type ClientEvent, NEED_DATA } from './event.ts';
import { parseTimestamp } from './greeting.ts';
import { Input } from './input.ts';
import { defaultLimits, type Limits } from './limit.ts';
import { LineReader } from './line-reader.ts';
import { END_OF_LINES, MultiLineReader } from './multi-line-reader.ts';
import { defaultQuirks, type Quirks } from './quirk.ts';
import { closedBefore } from './rejection.ts';
import { type OctetSearch, searchOctets } from './search.ts';
import type { Secret } from './secret.ts';
import type { SessionState } from './state.ts';
import type { StatusIndicator } from './status-line.ts';
import { StatusReader } from './status-reader.ts';
import { encodeText } from './text.ts';
import { withDefaults } from './with-defaults.ts';

/** What a connection may be told; all of it has defaults. */
export interface ConnectionOptions {
  readonly limits?: Partial<Limits> | undefined;
  readonly quirks?: Partial<Quirks> | undefined;
  /** How CRLF-dot is found in content; the platform's own search where it has a faster one. */
  readonly search?: OctetSearch | undefined;
  /**
   * Takes out of a server's text whatever no error may show, such as a password that it quotes after the login. The text may be cut off in
   * the middle of one. From when a secret was sent until the login has succeeded, errors show nothing of the server's text anyway.
   */
  readonly redact?: ((text: string) => string) | undefined;
}

/**
 * The client's side of a POP3 session, without any I/O: octets in, events out; commands in, octets out.
 *
 * Any split of the same octets gives the same events. After an error that is `fatal`, every call gives it again.
 */
export class ClientConnection {
  readonly limits: Limits;
  /** The tolerances in force. */
  readonly quirks: Quirks;
  readonly #input = new Input();
  readonly #status: StatusReader;
  readonly #multiLine: MultiLineReader;
  readonly #content: ContentReader;
  readonly #progress = new ClientProgress();
  // What the outstanding command is waiting for.
  #phase: 'status' | 'challenge-answer' | 'lines' | 'content' = 'status';
  #failure: Error | undefined;

  constructor(options: ConnectionOptions = {}) {
    this.limits = withDefaults(defaultLimits, options.limits);
    this.quirks = withDefaults(defaultQuirks, options.quirks);
    const lines = new LineReader();
    const { limits, quirks } = this;
    const { redact = (text) => text } = options;
    const progress = this.#progress;
    const status = new StatusReader({ input: this.#input, lines, limits, quirks, progress, redact });
    this.#status = status;
    this.#multiLine = new MultiLineReader(lines, limits, (line, command) => status.checkLine(line, command));
    this.#content = new ContentReader(options.search ?? searchOctets);
  }

  /** The state that the next command will find (RFC 1939 section 3). */
  get state(): SessionState {
    return this.#progress.state;
  }

  /** The oldest command that was sent and not fully answered: what comes next belongs to it. */
  get outstanding(): Command | undefined {
    return this.#progress.outstanding;
  }

  /** The head of a multi-line response was read, its terminator not yet. */
  get withinMultiLine(): boolean {
    return this.#phase === 'lines' || this.#phase === 'content';
  }

  /**
   * Whether the deletions of this session took effect, if it ended now. A refused QUIT leaves it unknown: the server may have
   * removed some of them (RFC 1939 section 6).
   */
  get deletionsCommitted(): DeletionsCommitted {
    return this.#progress.deletionsCommitted;
  }

  /** Takes octets from the network; null at its end. They are kept by reference until they were read as events. */
  receiveData(octets: Uint8Array | null): void {
    if (octets === null) this.#input.ended = true;
    else this.#input.push(octets);
  }

  /**
   * The octets to write for a command, in one write.
   *
   * @throws LocalProtocolError where the command is not allowed now or cannot be written; nothing has changed then.
   * @throws RemoteProtocolError where octets were received that no command had asked for.
   */
  send(command: Command): Uint8Array {
    if (this.#failure !== undefined) throw this.#failure;
    this.#progress.check(command);
    const octets = encodeCommand(command);
    if (this.outstanding === undefined) this.#refuseUnsolicited();
    this.#progress.sent(command);
    return octets;
  }

  /** The octets of an answer to a challenge. `response` is base64; empty for an empty answer. */
  sendAuthenticationResponse(response: Secret<string>): Uint8Array {
    this.#expectChallengeAnswer();
    const text = response.reveal();
    if (!/^[A-Za-z0-9+/=]*$/.test(text)) {
      throw new LocalProtocolError('an authentication response must be base64', { command: 'AUTH' });
    }
    this.#phase = 'status';
    return encodeText(`${text}\r\n`);
  }

  /** The octets that cancel an exchange (`*`, RFC 5034 section 4). The server answers with -ERR. */
  cancelAuthentication(): Uint8Array {
    this.#expectChallengeAnswer();
    this.#phase = 'status';
    return encodeText('*\r\n');
  }

  /** To be called when the handshake that STLS began has succeeded, before anything else. */
  tlsEstablished(): void {
    if (this.state !== 'TLS-HANDSHAKE') {
      throw new LocalProtocolError('there is no TLS handshake to end', { command: 'STLS' });
    }
    this.#refuseUnsolicited();
    this.#progress.state = 'AUTHORIZATION';
  }

  /** The next event, or NEED_DATA. Throws where the server broke the protocol: the session is over then. */
  nextEvent(): ClientEvent | typeof NEED_DATA {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#readEvent();
    } catch (error) {
      throw this.#end(error);
    }
  }

  #end(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    this.#failure = error;
    this.#progress.state = 'CLOSED';
    return error;
  }

  #readEvent(): ClientEvent | typeof NEED_DATA {
    const command = this.outstanding;
    if (this.state === 'GREETING') return this.#readGreeting();
    if (command === undefined || this.#phase === 'challenge-answer') {
      this.#status.nothing();
      if (!this.#input.ended) return NEED_DATA;
      if (command !== undefined) throw this.#closed(command);
      this.#progress.state = 'CLOSED';
      return { type: 'closed' };
    }
    switch (this.#phase) {
      case 'content':
        return this.#readContent(command);
      case 'lines':
        return this.#readLine(command);
      default:
        return this.#readResponse(command);
    }
  }

  #readGreeting(): ClientEvent | typeof NEED_DATA {
    const greeting = this.#status.greeting();
    if (greeting === undefined) return this.#needData(undefined);
    this.#progress.greeted(greeting.status);
    return { type: 'greeting', ...greeting, timestamp: parseTimestamp(greeting.text) };
  }

  #readResponse(command: Command): ClientEvent | typeof NEED_DATA {
    const answer = this.#status.answer(command);
    if (answer === undefined) return this.#needData(command);
    if ('data' in answer) {
      this.#phase = 'challenge-answer';
      return { type: 'challenge', command, data: answer.data };
    }
    const shape = answer.status === '+OK' ? responseShape(command) : 'single';
    if (shape === 'single') this.#complete(answer.status);
    else this.#beginMultiLine(shape);
    return { type: 'response', command, ...answer, multiLine: shape !== 'single' };
  }

  #beginMultiLine(shape: 'lines' | 'content'): void {
    this.#phase = shape;
    if (shape === 'content') this.#content.begin(this.#status.bareLineFeed);
    else this.#multiLine.begin();
  }

  #complete(status: StatusIndicator): void {
    this.#phase = 'status';
    this.#progress.answered(status);
  }

  #readLine(command: Command): ClientEvent | typeof NEED_DATA {
    const line = this.#multiLine.next(this.#input, command);
    if (line === undefined) return this.#needData(command);
    if (line !== END_OF_LINES) return { type: 'line', command, ...line };
    this.#complete('+OK');
    return { type: 'end', command };
  }

  #readContent(command: Command): ClientEvent | typeof NEED_DATA {
    const octets = this.#content.next(this.#input);
    if (octets === undefined) return this.#needData(command);
    if (octets === END_OF_CONTENT) {
      this.#complete('+OK');
      return { type: 'end', command };
    }
    return { type: 'content', command, octets };
  }

  #needData(command: Command | undefined): typeof NEED_DATA {
    if (this.#input.ended) throw this.#closed(command);
    return NEED_DATA;
  }

  #expectChallengeAnswer(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#phase !== 'challenge-answer') {
      throw new LocalProtocolError('the server has sent no challenge to answer', { command: 'AUTH' });
    }
    this.#refuseUnsolicited();
  }

  #refuseUnsolicited(): void {
    try {
      this.#status.nothing();
    } catch (error) {
      throw this.#end(error);
    }
  }

  #closed(command: Command | undefined): Error {
    return closedBefore(command, this.withinMultiLine, this.deletionsCommitted);
  }
}

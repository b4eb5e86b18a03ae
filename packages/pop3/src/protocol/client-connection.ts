import { ClientProgress } from './client-progress.ts';
import { type Command, describeCommand, encodeCommand, responseShape } from './command.ts';
import { ContentReader, END_OF_CONTENT } from './content-reader.ts';
import { type DeletionsCommitted, LocalProtocolError } from './error.ts';
import { type ClientEvent, NEED_DATA } from './event.ts';
import { parseTimestamp, recogniseProtocol } from './greeting.ts';
import { Input } from './input.ts';
import { defaultLimits, type Limits, limitExceeded } from './limit.ts';
import { type Line, LineReader } from './line-reader.ts';
import { END_OF_LINES, MultiLineReader } from './multi-line-reader.ts';
import { CR, LF } from './octet.ts';
import { defaultQuirks, type Quirks } from './quirk.ts';
import { closedBefore, protocolBroken } from './rejection.ts';
import { type OctetSearch, searchOctets } from './search.ts';
import type { Secret } from './secret.ts';
import type { SessionState } from './state.ts';
import { parseStatusLine, type StatusIndicator, type StatusLine } from './status-line.ts';
import { decodeLatin1, decodeText, encodeText } from './text.ts';

/** What a connection may be told; all of it has defaults. */
export interface ConnectionOptions {
  readonly limits?: Partial<Limits> | undefined;
  readonly quirks?: Partial<Quirks> | undefined;
  /** How CRLF-dot is found in content; the platform's own search where it has a faster one. */
  readonly search?: OctetSearch | undefined;
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
  readonly #lines = new LineReader();
  readonly #multiLine: MultiLineReader;
  readonly #content: ContentReader;
  readonly #progress = new ClientProgress();
  // What the outstanding command is waiting for.
  #phase: 'status' | 'challenge-answer' | 'lines' | 'content' = 'status';
  // Whether LF alone may end the lines of the answer at hand, and its content.
  #bareLineFeed = false;
  // A blank line was passed over since the last status line.
  #blankLine = false;
  #failure: Error | undefined;

  constructor(options: ConnectionOptions = {}) {
    this.limits = { ...defaultLimits, ...options.limits };
    this.quirks = { ...defaultQuirks, ...options.quirks };
    this.#multiLine = new MultiLineReader(this.#lines, this.limits, (line, command) =>
      this.#checkLine(line, command),
    );
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
      this.#readUnsolicited();
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
    const line = this.#nextLine('statusLineOctets');
    if (line === undefined) return this.#needData(undefined);
    const status = this.#parseStatus(line, undefined);
    this.#progress.greeted(status.status);
    return { type: 'greeting', ...status, timestamp: parseTimestamp(status.text) };
  }

  #readResponse(command: Command): ClientEvent | typeof NEED_DATA {
    const isAuth = command.keyword === 'AUTH';
    const line = this.#nextLine(isAuth ? 'challengeOctets' : 'statusLineOctets', command);
    if (line === undefined) return this.#needData(command);
    const { octets } = line;
    if (octets.length === 0 && this.#mayPassBlankLine) {
      this.#detectLineEnd(line, command);
      this.#blankLine = true;
      return this.#readResponse(command);
    }
    this.#blankLine = false;
    if (isAuth) {
      const challenge = /^\+(?:$| (.*)$)/s.exec(decodeLatin1(octets));
      if (challenge !== null && (octets.length > 1 || this.quirks.challengeWithoutSpace)) {
        this.#detectLineEnd(line, command);
        this.#phase = 'challenge-answer';
        return { type: 'challenge', command, data: challenge[1] ?? '' };
      }
    }
    const status = this.#parseStatus(line, command);
    const shape = status.status === '+OK' ? responseShape(command) : 'single';
    if (shape === 'single') this.#complete(status.status);
    else this.#beginMultiLine(shape);
    return { type: 'response', command, ...status, multiLine: shape !== 'single' };
  }

  #beginMultiLine(shape: 'lines' | 'content'): void {
    this.#phase = shape;
    if (shape === 'content') this.#content.begin(this.#bareLineFeed);
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

  #nextLine(limit: keyof Limits, command?: Command): Line | undefined {
    return this.#lines.next(this.#input, this.limits[limit], () =>
      limitExceeded(limit, this.limits[limit], command && { command: describeCommand(command) }),
    );
  }

  #needData(command: Command | undefined): typeof NEED_DATA {
    // A TLS alert has no line's end. Everything else is judged by its whole first line, however that was cut.
    if (command === undefined) this.#refuseForeign(this.#lines.excerpt.subarray(0, 2));
    if (this.#input.ended) throw this.#closed(command);
    return NEED_DATA;
  }

  #parseStatus(line: Line, command: Command | undefined): StatusLine {
    // In a unique-id every octet counts, as in the listing of all of them.
    const decode = command?.keyword === 'UIDL' ? decodeLatin1 : decodeText;
    const status = parseStatusLine(line.octets, this.quirks, decode);
    if (status === undefined) {
      if (command === undefined) this.#refuseForeign(line.octets);
      const what = command === undefined ? 'the greeting' : `the answer to ${describeCommand(command)}`;
      throw this.#broken('status-line', `${what} begins with neither +OK nor -ERR`, line.octets, command);
    }
    this.#detectLineEnd(line, command);
    return status;
  }

  #requireCrlf(line: Line, command: Command | undefined): void {
    if (!line.bareLineFeed || this.#bareLineFeed) return;
    throw this.#broken('line-end', 'a line ended in LF without CR', line.octets, command);
  }

  #checkLine(line: Line, command: Command): void {
    this.#requireCrlf(line, command);
    if (line.octets.length > 0 || command.keyword !== 'CAPA' || this.quirks.blankCapability) return;
    throw this.#broken('capability', 'a capability is a blank line', line.octets, command);
  }

  // What a server's own line ends in is evidence of how the rest of this answer will be written.
  #detectLineEnd(line: Line, command: Command | undefined): void {
    const { bareLineFeed } = this.quirks;
    this.#bareLineFeed = bareLineFeed === true || (bareLineFeed === 'detect' && line.bareLineFeed);
    this.#requireCrlf(line, command);
  }

  #refuseForeign(greeting: Uint8Array): void {
    const protocol = recogniseProtocol(decodeLatin1(greeting.subarray(0, 160)));
    if (protocol === undefined) return;
    const shown = protocol === 'TLS' ? greeting.subarray(0, 2) : greeting;
    throw this.#broken('foreign-protocol', `the server speaks ${protocol}, not POP3`, shown);
  }

  get #mayPassBlankLine(): boolean {
    return this.quirks.blankLineBeforeStatus && !this.#blankLine;
  }

  // Octets that no command asked for would be taken for the answer to the next one. A blank line cannot be.
  #readUnsolicited(): void {
    if (this.state === 'CLOSED') {
      // Nothing follows that they could be taken for.
      this.#input.discard();
      return;
    }
    if (this.outstanding === undefined && this.state !== 'TLS-HANDSHAKE' && this.#mayPassBlankLine) {
      const first = this.#lines.pending ? this.#lines.excerpt[0] : this.#input.first;
      if (first === CR || (first === LF && this.#bareLineFeed)) {
        const line = this.#lines.next(this.#input, 0, () => this.#unsolicited());
        if (line === undefined) return;
        this.#blankLine = true;
      }
    }
    if (this.#lines.pending || this.#input.chunk !== undefined) throw this.#unsolicited();
  }

  #refuseUnsolicited(): void {
    try {
      this.#readUnsolicited();
    } catch (error) {
      throw this.#end(error);
    }
  }

  #unsolicited(): Error {
    const { chunk, position } = this.#input;
    const octets = this.#lines.pending ? this.#lines.excerpt : chunk?.subarray(position, position + 160);
    const [rule, what]: [string, string] =
      this.state === 'TLS-HANDSHAKE'
        ? ['octets-behind-stls', 'the server sent octets behind its answer to STLS']
        : ['unsolicited-octets', 'the server sent octets that no command asked for'];
    const offset = this.#lines.pending ? this.#lines.start : this.#input.consumed;
    return this.#brokenAt(offset, rule, what, octets ?? new Uint8Array(0));
  }

  #expectChallengeAnswer(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#phase !== 'challenge-answer') {
      throw new LocalProtocolError('the server has sent no challenge to answer', { command: 'AUTH' });
    }
    this.#refuseUnsolicited();
  }

  #broken(rule: string, what: string, octets: Uint8Array, command?: Command): Error {
    return this.#brokenAt(this.#lines.start, rule, what, octets, command);
  }

  #brokenAt(offset: number, rule: string, what: string, octets: Uint8Array, command?: Command): Error {
    const withhold = this.#progress.mayQuoteSecret;
    return protocolBroken({ rule, what, octets, offset, command, withhold });
  }

  #closed(command: Command | undefined): Error {
    return closedBefore(command, this.withinMultiLine, this.deletionsCommitted);
  }
}

import { type Command, carriesSecret, describeCommand, encodeCommand, responseShape } from './command.ts';
import { ContentReader, END_OF_CONTENT } from './content-reader.ts';
import {
  ConnectionClosedError,
  type DeletionsCommitted,
  LocalProtocolError,
  type RemoteProtocolError,
} from './error.ts';
import { type ClientEvent, NEED_DATA } from './event.ts';
import { parseTimestamp, recogniseProtocol } from './greeting.ts';
import { Input } from './input.ts';
import { defaultLimits, type Limits, limitExceeded } from './limit.ts';
import { type Line, LineReader } from './line-reader.ts';
import { DOT } from './octet.ts';
import { defaultQuirks, type Quirks } from './quirk.ts';
import { protocolBroken } from './rejection.ts';
import { type OctetSearch, searchOctets } from './search.ts';
import type { Secret } from './secret.ts';
import { barriers, type SessionState, transitions } from './state.ts';
import { parseStatusLine, type StatusLine } from './status-line.ts';
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
  /** The tolerances in force. `bareLineFeed` is true once the greeting gave evidence for it. */
  quirks: Quirks;
  readonly #input = new Input();
  readonly #lines = new LineReader();
  readonly #content: ContentReader;
  readonly #outstanding: Command[] = [];
  #state: SessionState = 'GREETING';
  // What the head of `outstanding` is waiting for.
  #phase: 'status' | 'challenge-answer' | 'lines' | 'content' = 'status';
  #lineNumber = 0;
  #lineOctets = 0;
  #blankLines = 0;
  #secretSent = false;
  #deleted = false;
  #commit: DeletionsCommitted = 'no';
  #failure: Error | undefined;

  constructor(options: ConnectionOptions = {}) {
    this.limits = { ...defaultLimits, ...options.limits };
    this.quirks = { ...defaultQuirks, ...options.quirks };
    this.#content = new ContentReader(options.search ?? searchOctets);
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The commands sent and not fully answered, oldest first. */
  get outstanding(): readonly Command[] {
    return this.#outstanding;
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
    const asked = this.#deleted || this.#outstanding.some(({ keyword }) => keyword === 'DELE');
    return asked ? this.#commit : 'no';
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
    const next = transitions[this.#state][command.keyword];
    if (next === undefined) {
      throw new LocalProtocolError(`${command.keyword} is not allowed in the ${this.#state} state`, {
        command: describeCommand(command),
      });
    }
    const last = this.#outstanding.at(-1);
    if (last !== undefined && (barriers.has(command.keyword) || barriers.has(last.keyword))) {
      const other = barriers.has(command.keyword) ? command : last;
      throw new LocalProtocolError(`${other.keyword} cannot be in flight with another command`, {
        command: describeCommand(command),
      });
    }
    const octets = encodeCommand(command);
    if (last === undefined) this.#refuseUnsolicited();
    this.#outstanding.push(command);
    if (carriesSecret(command)) this.#secretSent = true;
    if (command.keyword === 'QUIT' && next === 'UPDATE') {
      this.#state = 'UPDATE';
      this.#commit = 'unknown';
    }
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
    if (this.#state !== 'TLS-HANDSHAKE') {
      throw new LocalProtocolError('there is no TLS handshake to end', { command: 'STLS' });
    }
    this.#refuseUnsolicited();
    this.#state = 'AUTHORIZATION';
  }

  /** The next event, or NEED_DATA. Throws where the server broke the protocol: the session is over then. */
  nextEvent(): ClientEvent | typeof NEED_DATA {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return this.#readEvent();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#failure = error;
      this.#state = 'CLOSED';
      throw error;
    }
  }

  #readEvent(): ClientEvent | typeof NEED_DATA {
    const command = this.#outstanding[0];
    if (this.#state === 'GREETING') return this.#readGreeting();
    if (command === undefined || this.#phase === 'challenge-answer') {
      this.#refuseUnsolicited();
      if (!this.#input.ended) return NEED_DATA;
      if (command !== undefined) throw this.#closed(command);
      this.#state = 'CLOSED';
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
    if (line.bareLineFeed && this.quirks.bareLineFeed === 'detect') {
      this.quirks = { ...this.quirks, bareLineFeed: true };
    }
    const status = this.#parseStatus(line, undefined);
    this.#state = status.status === '+OK' ? 'AUTHORIZATION' : 'CLOSED';
    return { type: 'greeting', ...status, timestamp: parseTimestamp(status.text) };
  }

  #readResponse(command: Command): ClientEvent | typeof NEED_DATA {
    const isAuth = command.keyword === 'AUTH';
    const line = this.#nextLine(isAuth ? 'challengeOctets' : 'statusLineOctets', command);
    if (line === undefined) return this.#needData(command);
    const { octets } = line;
    if (octets.length === 0 && this.quirks.blankLineBeforeStatus && this.#blankLines === 0) {
      this.#blankLines++;
      return this.#readResponse(command);
    }
    this.#blankLines = 0;
    if (isAuth) {
      const challenge = /^\+(?:$| (.*)$)/s.exec(decodeLatin1(octets));
      if (challenge !== null && (octets.length > 1 || this.quirks.challengeWithoutSpace)) {
        this.#checkLineEnd(line, command);
        this.#phase = 'challenge-answer';
        return { type: 'challenge', command, data: challenge[1] ?? '' };
      }
    }
    const status = this.#parseStatus(line, command);
    const shape = status.status === '+OK' ? responseShape(command) : 'single';
    const multiLine = shape !== 'single';
    if (shape === 'single') this.#complete(command, status);
    else this.#beginMultiLine(shape);
    return { type: 'response', command, ...status, multiLine };
  }

  #beginMultiLine(shape: 'lines' | 'content'): void {
    this.#phase = shape;
    this.#lineNumber = 0;
    this.#lineOctets = 0;
    if (shape === 'content') this.#content.begin(this.quirks.bareLineFeed === true);
  }

  #complete(command: Command, { status }: { readonly status: '+OK' | '-ERR' }): void {
    this.#outstanding.shift();
    this.#phase = 'status';
    if (command.keyword === 'QUIT') {
      if (status === '+OK' && this.#state === 'UPDATE') this.#commit = 'yes';
      this.#state = 'CLOSED';
      return;
    }
    if (status === '-ERR') return;
    if (command.keyword === 'DELE') this.#deleted = true;
    if (command.keyword === 'RSET') this.#deleted = false;
    // With QUIT in flight behind it, the state is UPDATE already.
    if (this.#state !== 'UPDATE') this.#state = transitions[this.#state][command.keyword] ?? this.#state;
  }

  #readLine(command: Command): ClientEvent | typeof NEED_DATA {
    const isListing = command.keyword === 'LIST' || command.keyword === 'UIDL';
    const line = this.#nextLine(isListing ? 'listingLineOctets' : 'capabilityOctets', command);
    if (line === undefined) return this.#needData(command);
    this.#checkLineEnd(line, command);
    let { octets } = line;
    if (octets[0] === DOT) {
      if (octets.length === 1) {
        this.#complete(command, { status: '+OK' });
        return { type: 'end', command };
      }
      octets = octets.subarray(1);
    }
    if (command.keyword === 'CAPA' && octets.length === 0 && this.quirks.blankCapability) {
      this.#countLine(isListing, 2, command);
      return this.#readLine(command);
    }
    this.#countLine(isListing, octets.length + 2, command);
    const text = isListing ? decodeLatin1(octets) : decodeText(octets);
    return { type: 'line', command, lineNumber: this.#lineNumber, text };
  }

  #countLine(isListing: boolean, octets: number, command: Command): void {
    const limit = isListing ? 'listingLines' : 'capabilityLines';
    this.#lineNumber++;
    this.#lineOctets += octets;
    if (this.#lineNumber > this.limits[limit]) {
      throw limitExceeded(limit, this.limits[limit], { command: describeCommand(command) });
    }
    if (!isListing && this.#lineOctets > this.limits.capabilityOctets) {
      throw limitExceeded('capabilityOctets', this.limits.capabilityOctets, {
        command: describeCommand(command),
      });
    }
  }

  #readContent(command: Command): ClientEvent | typeof NEED_DATA {
    const octets = this.#content.next(this.#input);
    if (octets === undefined) return this.#needData(command);
    if (octets === END_OF_CONTENT) {
      this.#complete(command, { status: '+OK' });
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
    // A TLS alert, say, has no line's end.
    if (command === undefined) this.#refuseForeign(this.#lines.excerpt);
    if (this.#input.ended) throw this.#closed(command);
    return NEED_DATA;
  }

  #parseStatus(line: Line, command: Command | undefined): StatusLine {
    const status = parseStatusLine(line.octets, this.quirks);
    if (status === undefined) {
      if (command === undefined) this.#refuseForeign(line.octets);
      const what = command === undefined ? 'the greeting' : `the answer to ${describeCommand(command)}`;
      throw this.#broken('status-line', `${what} begins with neither +OK nor -ERR`, line.octets, command);
    }
    this.#checkLineEnd(line, command);
    return status;
  }

  #refuseForeign(greeting: Uint8Array): void {
    const protocol = recogniseProtocol(decodeLatin1(greeting.subarray(0, 160)));
    if (protocol === undefined) return;
    throw this.#broken('foreign-protocol', `the server speaks ${protocol}, not POP3`, greeting);
  }

  #checkLineEnd(line: Line, command: Command | undefined): void {
    if (line.bareLineFeed && this.quirks.bareLineFeed !== true) {
      throw this.#broken('line-end', 'a line ended in LF without CR', line.octets, command);
    }
  }

  // Octets that no command asked for would be taken for the answer to the next one.
  #refuseUnsolicited(): void {
    const { chunk, position } = this.#input;
    if (chunk === undefined && !this.#lines.pending) return;
    const octets = chunk === undefined ? this.#lines.excerpt : chunk.subarray(position, position + 160);
    const error =
      this.#state === 'TLS-HANDSHAKE'
        ? this.#broken('octets-behind-stls', 'the server sent octets behind its answer to STLS', octets)
        : this.#broken('unsolicited-octets', 'the server sent octets that no command asked for', octets);
    this.#failure = error;
    this.#state = 'CLOSED';
    throw error;
  }

  #expectChallengeAnswer(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#phase !== 'challenge-answer') {
      throw new LocalProtocolError('the server has sent no challenge to answer', { command: 'AUTH' });
    }
    this.#refuseUnsolicited();
  }

  #broken(rule: string, what: string, octets: Uint8Array, command?: Command): RemoteProtocolError {
    const withhold = this.#secretSent && this.#state === 'AUTHORIZATION';
    return protocolBroken({ rule, what, octets, offset: this.#input.consumed, command, withhold });
  }

  #closed(command: Command | undefined): ConnectionClosedError {
    const place =
      command === undefined
        ? 'before its greeting was complete'
        : `${this.withinMultiLine ? 'in the middle of' : 'before'} the answer to ${describeCommand(command)}`;
    return new ConnectionClosedError(
      `the server closed the connection ${place}`,
      { deletionsCommitted: this.deletionsCommitted },
      { command: command && describeCommand(command) },
    );
  }
}

import type { ConnectionOptions } from './client-connection.ts';
import { type Command, describeCommand, responseShape } from './command.ts';
import { ContentWriter } from './content-writer.ts';
import { ConnectionClosedError, LimitError, LocalProtocolError, RemoteProtocolError } from './error.ts';
import { type InvalidCommandEvent, NEED_DATA, NEED_REPLY, type ServerEvent } from './event.ts';
import { Input } from './input.ts';
import { defaultLimits, type Limits, limitExceeded } from './limit.ts';
import { LineReader } from './line-reader.ts';
import { LF } from './octet.ts';
import { parseCommand } from './parse-command.ts';
import { searchOctets } from './search.ts';
import { Secret } from './secret.ts';
import { type SessionState, transitions } from './state.ts';
import { formatStatusLine, type StatusIndicator } from './status-line.ts';
import { decodeText, encodeText } from './text.ts';
import { withDefaults } from './with-defaults.ts';

/** Options of {@link ServerConnection.respond}. */
export interface ReplyOptions {
  /** A response code without brackets: `IN-USE`. */
  readonly code?: string | undefined;
}

/**
 * The server's side of a POP3 session, without any I/O: octets in, commands out; replies in, octets out.
 *
 * One command at a time: until it is answered, `nextEvent` gives NEED_REPLY, however much was pipelined.
 */
export class ServerConnection {
  readonly limits: Limits;
  readonly #input = new Input();
  readonly #lines = new LineReader();
  readonly #content: ContentWriter;
  #state: SessionState = 'GREETING';
  #phase: 'command' | 'reply' | 'authentication-response' | 'lines' | 'content' = 'reply';
  #command: Command | undefined;
  #skipping = false;
  #failure: Error | undefined;

  constructor(options: ConnectionOptions = {}) {
    this.limits = withDefaults(defaultLimits, options.limits);
    this.#content = new ContentWriter(options.search ?? searchOctets);
  }

  /** The state that the next command will find (RFC 1939 section 3). */
  get state(): SessionState {
    return this.#state;
  }

  /** Takes octets from the network; null at its end. */
  receiveData(octets: Uint8Array | null): void {
    if (octets === null) this.#input.ended = true;
    else this.#input.push(octets);
  }

  /** The next event, NEED_DATA, or NEED_REPLY while a command waits for its answer. */
  nextEvent(): ServerEvent | typeof NEED_DATA | typeof NEED_REPLY {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#state === 'CLOSED') return { type: 'closed' };
    if (this.#phase === 'authentication-response') return this.#readAuthenticationResponse();
    if (this.#phase !== 'command' || this.#state === 'TLS-HANDSHAKE') return NEED_REPLY;
    return this.#readCommand();
  }

  /** The octets of the greeting. `-ERR` ends the session. */
  greet(status: StatusIndicator, text: string, options: ReplyOptions = {}): Uint8Array {
    if (this.#state !== 'GREETING') throw misuse('the greeting was sent already');
    this.#state = status === '+OK' ? 'AUTHORIZATION' : 'CLOSED';
    this.#phase = 'command';
    return encodeText(`${formatStatusLine(status, text, options.code)}\r\n`);
  }

  /**
   * The octets of a status line that answers the command at hand. After `+OK` to a multi-line command, `line` or `content`
   * and then `end` are to follow.
   *
   * @throws RemoteProtocolError where STLS would be accepted with octets behind it: they would be read as protected.
   */
  respond(status: StatusIndicator, text: string, options: ReplyOptions = {}): Uint8Array {
    if (this.#phase !== 'reply') throw misuse('there is no command to answer');
    const command = this.#command;
    this.#command = undefined;
    this.#phase = 'command';
    if (command !== undefined) this.#applyAnswer(command, status);
    return encodeText(`${formatStatusLine(status, text, options.code)}\r\n`);
  }

  /** The octets of a challenge (RFC 5034 section 4); `data` is base64. */
  challenge(data: string): Uint8Array {
    if (this.#phase !== 'reply' || this.#command?.keyword !== 'AUTH') {
      throw misuse('a challenge answers AUTH and nothing else');
    }
    this.#phase = 'authentication-response';
    return encodeText(`+ ${data}\r\n`);
  }

  /** The octets of one line of a multi-line response. Line breaks in it become spaces. */
  line(text: string): Uint8Array {
    if (this.#phase !== 'lines') throw misuse('no multi-line response has begun');
    const line = text.replace(/[\0\r\n]+/g, ' ');
    return encodeText(`${line.startsWith('.') ? '.' : ''}${line}\r\n`);
  }

  /** The octets of a piece of a message's content, byte-stuffed: views on it. */
  content(octets: Uint8Array): Uint8Array[] {
    if (this.#phase !== 'content') throw misuse('no message has begun');
    return this.#content.stuff(octets);
  }

  /** The octets that end a multi-line response. */
  end(): Uint8Array {
    if (this.#phase !== 'content' && this.#phase !== 'lines')
      throw misuse('no multi-line response has begun');
    const octets = this.#phase === 'content' ? this.#content.end() : encodeText('.\r\n');
    this.#phase = 'command';
    return octets;
  }

  /** To be called when the handshake that STLS began has succeeded. */
  tlsEstablished(): void {
    if (this.#state !== 'TLS-HANDSHAKE') throw misuse('there is no TLS handshake to end');
    this.#state = 'AUTHORIZATION';
  }

  #applyAnswer(command: Command, status: StatusIndicator): void {
    if (command.keyword === 'QUIT') {
      this.#state = 'CLOSED';
      return;
    }
    if (status === '-ERR') return;
    if (command.keyword === 'STLS' && (this.#input.chunk !== undefined || this.#lines.pending)) {
      this.#failure = new RemoteProtocolError('the client sent octets behind STLS', {
        rule: 'octets-behind-stls',
        offset: this.#input.consumed,
        excerpt: '',
      });
      this.#state = 'CLOSED';
      throw this.#failure;
    }
    this.#state = transitions[this.#state][command.keyword] ?? this.#state;
    const shape = responseShape(command);
    if (shape === 'single') return;
    this.#phase = shape;
    if (shape === 'content') this.#content.begin();
  }

  #readCommand(): ServerEvent | typeof NEED_DATA {
    const line = this.#readText('commandLineOctets');
    if (line === NEED_DATA) return this.#needData();
    this.#phase = 'reply';
    if (line === undefined) return invalid('too-long', 'the line is too long');
    if (line.includes('\0')) return invalid('syntax', 'the line holds a NUL');
    const parsed = parseCommand(line);
    if (!('keyword' in parsed)) return { type: 'invalid-command', ...parsed };
    const next = transitions[this.#state][parsed.keyword];
    if (next === undefined) return invalid('state', `${parsed.keyword} is not allowed in this state`);
    if (next === 'UPDATE') this.#state = 'UPDATE';
    this.#command = parsed;
    return { type: 'command', command: parsed };
  }

  #readAuthenticationResponse(): ServerEvent | typeof NEED_DATA {
    const line = this.#readText('challengeOctets');
    if (line === NEED_DATA) return this.#needData();
    this.#phase = 'reply';
    if (line === undefined) return { type: 'authentication-cancelled' };
    return line === '*'
      ? { type: 'authentication-cancelled' }
      : { type: 'authentication-response', data: new Secret(line) };
  }

  /** A line; undefined for one that was over the limit, which has been skipped without being held. */
  #readText(limit: 'commandLineOctets' | 'challengeOctets'): string | undefined | typeof NEED_DATA {
    if (!this.#skipping) {
      try {
        const maximum = this.limits[limit];
        const line = this.#lines.next(this.#input, maximum, () => limitExceeded(limit, maximum));
        return line === undefined ? NEED_DATA : decodeText(line.octets);
      } catch (error) {
        if (!(error instanceof LimitError)) throw error;
        this.#skipping = true;
        this.#lines.discard();
      }
    }
    for (let { chunk } = this.#input; chunk !== undefined; { chunk } = this.#input) {
      const { position } = this.#input;
      const end = chunk.indexOf(LF, position);
      this.#input.advance((end < 0 ? chunk.length : end + 1) - position);
      if (end >= 0) {
        this.#skipping = false;
        return undefined;
      }
    }
    return NEED_DATA;
  }

  #needData(): ServerEvent | typeof NEED_DATA {
    if (!this.#input.ended) return NEED_DATA;
    this.#state = 'CLOSED';
    if (!this.#lines.pending && this.#phase === 'command') return { type: 'closed' };
    this.#failure = new ConnectionClosedError(
      'the client closed the connection before the command at hand was done',
      { deletionsCommitted: 'no' },
      this.#command && { command: describeCommand(this.#command) },
    );
    throw this.#failure;
  }
}

function invalid(reason: InvalidCommandEvent['reason'], text: string): InvalidCommandEvent {
  return { type: 'invalid-command', reason, text };
}

function misuse(message: string): LocalProtocolError {
  return new LocalProtocolError(message);
}

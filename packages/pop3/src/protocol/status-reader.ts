import type { ClientProgress } from './client-progress.ts';
import { type Command, describeCommand } from './command.ts';
import { recogniseProtocol } from './greeting.ts';
import type { Input } from './input.ts';
import { type Limits, limitExceeded } from './limit.ts';
import type { Line, LineReader } from './line-reader.ts';
import { CR, LF } from './octet.ts';
import type { Quirks } from './quirk.ts';
import { protocolBroken } from './rejection.ts';
import { parseStatusLine, type StatusLine } from './status-line.ts';
import { decodeLatin1, decodeText } from './text.ts';

/** `+ ...` in answer to AUTH (RFC 5034 section 4): what stood behind the `+ `. */
export interface Challenge {
  readonly data: string;
}

/** What a status reader works on: the parts of one connection. */
export interface StatusReaderParts {
  readonly input: Input;
  readonly lines: LineReader;
  readonly limits: Limits;
  readonly quirks: Quirks;
  readonly progress: ClientProgress;
  /** Takes out of a peer's text what no error may show. */
  readonly redact: (text: string) => string;
}

/** Reads what a server says on a single line: greeting, status lines and challenges, and what it says although nobody asked. */
export class StatusReader {
  readonly #parts: StatusReaderParts;
  // A blank line was passed over since the last status line.
  #blankLine = false;
  #bareLineFeed = false;

  constructor(parts: StatusReaderParts) {
    this.#parts = parts;
  }

  /** LF alone may end the lines of the answer at hand, and its content. */
  get bareLineFeed(): boolean {
    return this.#bareLineFeed;
  }

  /** The greeting, or undefined where more octets are needed. */
  greeting(): StatusLine | undefined {
    const line = this.#next('statusLineOctets', undefined);
    if (line !== undefined) return this.#parse(line, undefined);
    // A TLS alert has no line's end. Everything else is judged by its whole first line, however that was cut.
    this.#refuseForeign(this.#parts.lines.excerpt.subarray(0, 2));
    return undefined;
  }

  /** The status line that answers a command, a challenge, or undefined where more octets are needed. */
  answer(command: Command): StatusLine | Challenge | undefined {
    const isAuth = command.keyword === 'AUTH';
    for (;;) {
      const line = this.#next(isAuth ? 'challengeOctets' : 'statusLineOctets', command);
      if (line === undefined) return undefined;
      if (line.octets.length === 0 && this.#mayPassBlankLine) {
        this.#detectLineEnd(line, command);
        this.#blankLine = true;
        continue;
      }
      this.#blankLine = false;
      const challenge = isAuth ? this.#parseChallenge(line.octets) : undefined;
      if (challenge === undefined) return this.#parse(line, command);
      this.#detectLineEnd(line, command);
      return challenge;
    }
  }

  /** Passes over what may stand where nothing was asked, which is one blank line. Throws where there is anything else. */
  nothing(): void {
    const { input, lines, progress } = this.#parts;
    if (progress.state === 'CLOSED') {
      // Nothing follows that it could be taken for.
      input.discard();
      return;
    }
    const idle = progress.outstanding === undefined && progress.state !== 'TLS-HANDSHAKE';
    if (idle && this.#mayPassBlankLine) {
      const first = lines.pending ? lines.excerpt[0] : input.first;
      if (first === CR || (first === LF && this.#bareLineFeed)) {
        const line = lines.next(input, 0, () => this.#unsolicited());
        if (line === undefined) return;
        this.#blankLine = true;
      }
    }
    // It would be taken for the answer to the next command.
    if (lines.pending || input.chunk !== undefined) throw this.#unsolicited();
  }

  /** Throws where a line of a multi-line response is not to be tolerated. */
  checkLine(line: Line, command: Command): void {
    this.#requireCrlf(line, command);
    if (line.octets.length > 0 || command.keyword !== 'CAPA' || this.#parts.quirks.blankCapability) return;
    throw this.#broken('capability', 'a capability is a blank line', line.octets, command);
  }

  get #mayPassBlankLine(): boolean {
    return this.#parts.quirks.blankLineBeforeStatus && !this.#blankLine;
  }

  #next(limit: keyof Limits, command: Command | undefined): Line | undefined {
    const { input, lines, limits } = this.#parts;
    return lines.next(input, limits[limit], () =>
      limitExceeded(limit, limits[limit], command && { command: describeCommand(command) }),
    );
  }

  #parseChallenge(octets: Uint8Array): Challenge | undefined {
    const match = /^\+(?:$| (.*)$)/s.exec(decodeLatin1(octets));
    if (match === null || (octets.length === 1 && !this.#parts.quirks.challengeWithoutSpace))
      return undefined;
    return { data: match[1] ?? '' };
  }

  #parse(line: Line, command: Command | undefined): StatusLine {
    // In a unique-id every octet counts, as in the listing of all of them.
    const decode = command?.keyword === 'UIDL' ? decodeLatin1 : decodeText;
    const status = parseStatusLine(line.octets, this.#parts.quirks, decode);
    if (status === undefined) {
      if (command === undefined) this.#refuseForeign(line.octets);
      const what = command === undefined ? 'the greeting' : `the answer to ${describeCommand(command)}`;
      throw this.#broken('status-line', `${what} begins with neither +OK nor -ERR`, line.octets, command);
    }
    this.#detectLineEnd(line, command);
    return status;
  }

  // What a server's own line ends in is evidence of how the rest of this answer will be written.
  #detectLineEnd(line: Line, command: Command | undefined): void {
    const { bareLineFeed } = this.#parts.quirks;
    this.#bareLineFeed = bareLineFeed === true || (bareLineFeed === 'detect' && line.bareLineFeed);
    this.#requireCrlf(line, command);
  }

  #requireCrlf(line: Line, command: Command | undefined): void {
    if (!line.bareLineFeed || this.#bareLineFeed) return;
    throw this.#broken('line-end', 'a line ended in LF without CR', line.octets, command);
  }

  #refuseForeign(greeting: Uint8Array): void {
    const protocol = recogniseProtocol(decodeLatin1(greeting.subarray(0, 160)));
    if (protocol === undefined) return;
    const shown = protocol === 'TLS' ? greeting.subarray(0, 2) : greeting;
    throw this.#broken('foreign-protocol', `the server speaks ${protocol}, not POP3`, shown);
  }

  #unsolicited(): Error {
    const { input, lines, progress } = this.#parts;
    const { chunk = new Uint8Array(0), position } = input;
    const octets = lines.pending ? lines.excerpt : chunk.subarray(position, position + 160);
    const offset = lines.pending ? lines.start : input.consumed;
    return progress.state === 'TLS-HANDSHAKE'
      ? this.#brokenAt(
          offset,
          'octets-behind-stls',
          'the server sent octets behind its answer to STLS',
          octets,
        )
      : this.#brokenAt(
          offset,
          'unsolicited-octets',
          'the server sent octets that no command asked for',
          octets,
        );
  }

  #broken(rule: string, what: string, octets: Uint8Array, command?: Command): Error {
    return this.#brokenAt(this.#parts.lines.start, rule, what, octets, command);
  }

  #brokenAt(offset: number, rule: string, what: string, octets: Uint8Array, command?: Command): Error {
    const { progress, redact } = this.#parts;
    return protocolBroken({
      rule,
      what,
      octets,
      offset,
      command,
      redact: progress.mayQuoteSecret ? undefined : redact,
    });
  }
}

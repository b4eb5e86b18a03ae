import {
  type Command,
  concatenate,
  decodeLatin1,
  decodeText,
  LocalProtocolError,
  NEED_DATA,
  NEED_REPLY,
  parseResponseCode,
  responseShape,
  ServerConnection,
  type StatusIndicator,
} from '../protocol/index.ts';
import type { Dialogue } from './dialogue.ts';
import { DialogueError } from './dialogue-error.ts';
import { type Fact, fact, serverFact } from './fact.ts';
import { formatLiteral } from './literal.ts';
import { type Split, splitOctets } from './split.ts';
import { Witness } from './witness.ts';

/** Plays the client of a dialogue against a {@link ServerConnection}, and has it write the server's lines. */
export class ServerPlayer {
  readonly witness: Witness;
  readonly #connection: ServerConnection;
  readonly #split: Split;
  #command: Command | undefined;
  #shape: 'single' | 'lines' | 'content' = 'single';

  constructor(dialogue: Dialogue, split: Split) {
    this.witness = new Witness(dialogue, 'server', split);
    this.#connection = new ServerConnection({ limits: dialogue.limits });
    this.#split = split;
  }

  /** The client's octets, as they come from the network. */
  receive(octets: Uint8Array): void {
    for (const piece of splitOctets(octets, this.#split)) {
      this.#connection.receiveData(piece);
      this.#drain();
    }
  }

  /** The server's octets: replies are read out of them, written by the connection, and compared. */
  say(line: number, octets: Uint8Array): void {
    let rest = octets;
    while (rest.length > 0) {
      const unit = rest.subarray(0, this.#unitLength(rest));
      rest = rest.subarray(unit.length);
      const written = this.#attempt(line, unit);
      if (written === undefined) continue;
      this.witness.note(`server writes ${formatLiteral(written)}`);
      if (formatLiteral(written) !== formatLiteral(unit)) {
        throw this.witness.mismatch(line, 'the server writes something else', {
          expected: formatLiteral(unit),
          actual: formatLiteral(written),
        });
      }
      this.#drain();
    }
  }

  act(name: string): void {
    try {
      if (name === 'tls') this.#connection.tlsEstablished();
      if (name === 'client closes') this.#connection.receiveData(null);
      this.#drain();
    } catch (error) {
      this.witness.fail(error);
    }
  }

  standing(): Fact {
    return fact('state', { state: this.#connection.state });
  }

  #unitLength(octets: Uint8Array): number {
    const text = decodeLatin1(octets);
    if (this.#shape !== 'content') {
      const end = text.indexOf('\r\n');
      return end < 0 ? octets.length : end + 2;
    }
    if (text.startsWith('.\r\n')) return 3;
    const end = text.indexOf('\r\n.\r\n');
    return end < 0 ? octets.length : end + 2;
  }

  #attempt(line: number, unit: Uint8Array): Uint8Array | undefined {
    try {
      return this.#write(line, unit);
    } catch (error) {
      if (error instanceof LocalProtocolError) {
        throw this.witness.mismatch(line, `no server of ours says this now: ${error.message}`);
      }
      if (error instanceof DialogueError) throw error;
      this.witness.fail(error);
      return undefined;
    }
  }

  #write(line: number, unit: Uint8Array): Uint8Array {
    const latin1 = decodeLatin1(unit);
    if (this.#shape !== 'single') {
      if (latin1 === '.\r\n') {
        this.#shape = 'single';
        return this.#connection.end();
      }
      if (this.#shape === 'lines')
        return this.#connection.line(decodeText(unit.subarray(0, -2)).replace(/^\./, ''));
      const pieces: Uint8Array[] = [];
      for (const piece of splitOctets(unstuff(unit), this.#split))
        pieces.push(...this.#connection.content(piece));
      return concatenate(pieces);
    }
    const text = decodeText(unit).replace(/\r\n$/, '');
    if (text.startsWith('+ ')) return this.#connection.challenge(text.slice(2));
    const match = /^(\+OK|-ERR)(?: (.*))?$/s.exec(text);
    if (match === null) throw this.witness.mismatch(line, `no server of ours says this: ${text}`);
    const status: StatusIndicator = match[1] === '+OK' ? '+OK' : '-ERR';
    const { code, text: words } = parseResponseCode(match[2] ?? '');
    if (this.#connection.state === 'GREETING') {
      return this.#connection.greet(status, words, { code: code?.code });
    }
    const command = this.#command;
    const written = this.#connection.respond(status, words, { code: code?.code });
    if (status === '+OK' && command !== undefined) this.#shape = responseShape(command);
    return written;
  }

  #drain(): void {
    try {
      for (;;) {
        const event = this.#connection.nextEvent();
        if (event === NEED_DATA || event === NEED_REPLY) return;
        this.witness.see(serverFact(event));
        if (event.type === 'closed') return;
        if (event.type === 'command') this.#command = event.command;
        if (event.type === 'invalid-command') this.#command = undefined;
      }
    } catch (error) {
      this.witness.fail(error);
    }
  }
}

// Written line by line on purpose: it is what the connection's own writer is compared with.
function unstuff(octets: Uint8Array): Uint8Array {
  const text = decodeLatin1(octets)
    .split('\r\n')
    .map((line) => (line.startsWith('.') ? line.slice(1) : line))
    .join('\r\n');
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

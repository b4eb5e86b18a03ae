import {
  Capabilities,
  ClientConnection,
  concatenate,
  decodeText,
  NEED_DATA,
  parseCommand,
  Secret,
} from '../protocol/index.ts';
import type { Dialogue, OctetsStep } from './dialogue.ts';
import { DialogueError } from './dialogue-error.ts';
import type { Expectation } from './expectation.ts';
import { clientFact, contentFact, type Fact, fact } from './fact.ts';
import { formatLiteral } from './literal.ts';
import { type Split, splitOctets } from './split.ts';
import { Witness } from './witness.ts';

/** Plays the server of a dialogue against a {@link ClientConnection}. */
export class ClientPlayer {
  readonly witness: Witness;
  readonly #connection: ClientConnection;
  readonly #split: Split;
  #challenged = false;
  #capabilities = new Capabilities();
  #capabilityLines: string[] = [];
  #content: Uint8Array[] = [];

  constructor(dialogue: Dialogue, split: Split) {
    const { quirks, limits } = dialogue;
    this.witness = new Witness(dialogue, 'client', split);
    this.#connection = new ClientConnection({ quirks, limits });
    this.#split = split;
  }

  /** The server's octets, as they come from the network. */
  receive(octets: Uint8Array): void {
    for (const piece of splitOctets(octets, this.#split)) {
      this.#connection.receiveData(piece);
      this.#drain();
    }
    this.#flushContent();
  }

  /** The client's lines: each is a command or an answer to a challenge, and must be what our client writes. */
  say(steps: readonly OctetsStep[]): void {
    for (const { line, octets } of steps) {
      if (line !== steps[0]?.line) this.witness.turn(line);
      this.#sayLine(line, octets);
    }
  }

  act(name: string): void {
    try {
      if (name === 'tls') this.#connection.tlsEstablished();
      if (name !== 'server closes') return;
      this.#connection.receiveData(null);
      this.#drain();
      this.#flushContent();
    } catch (error) {
      this.witness.fail(error);
    }
  }

  standing({ kind, fields }: Expectation): Fact {
    if (kind === 'state') return fact('state', { state: this.#connection.state });
    const tag = fields.get('tag') ?? '';
    const parameters = this.#capabilities.parameters(tag);
    if (parameters === undefined) return fact('no-capability', { tag });
    return fact('capability', {
      tag,
      parameters: parameters.length === 0 ? undefined : parameters.join(' '),
    });
  }

  #sayLine(line: number, octets: Uint8Array): void {
    const text = decodeText(octets).replace(/\r\n$/, '');
    let written: Uint8Array;
    try {
      if (this.#challenged) {
        written =
          text === '*'
            ? this.#connection.cancelAuthentication()
            : this.#connection.sendAuthenticationResponse(new Secret(text));
        this.#challenged = false;
      } else {
        const command = parseCommand(text);
        if (!('keyword' in command)) {
          throw this.witness.mismatch(line, `no client of ours writes this line: ${command.text}`);
        }
        written = this.#connection.send(command);
      }
    } catch (error) {
      if (error instanceof DialogueError) throw error;
      this.witness.fail(error);
      return;
    }
    this.witness.note(`client writes ${formatLiteral(written)}`);
    if (formatLiteral(written) === formatLiteral(octets)) return;
    throw this.witness.mismatch(line, 'the client writes something else', {
      expected: formatLiteral(octets),
      actual: formatLiteral(written),
    });
  }

  #drain(): void {
    try {
      for (;;) {
        const event = this.#connection.nextEvent();
        if (event === NEED_DATA) return;
        if (event.type === 'content') {
          this.#content.push(new Uint8Array(event.octets));
          continue;
        }
        this.#flushContent();
        this.witness.see(clientFact(event, this.#connection.quirks));
        if (event.type === 'closed') return;
        if (event.type === 'challenge') this.#challenged = true;
        if (event.type === 'line' && event.command.keyword === 'CAPA') this.#capabilityLines.push(event.text);
        if (event.type === 'end' && event.command.keyword === 'CAPA') {
          this.#capabilities = new Capabilities(this.#capabilityLines);
          this.#capabilityLines = [];
        }
      }
    } catch (error) {
      this.#flushContent();
      this.witness.fail(error);
    }
  }

  // Content comes in pieces that depend on the split; what they make together must not.
  #flushContent(): void {
    if (this.#content.length === 0) return;
    this.witness.see(contentFact(concatenate(this.#content)));
    this.#content = [];
  }
}

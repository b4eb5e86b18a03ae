import { type Command, carriesSecret, describeCommand } from './command.ts';
import { type DeletionsCommitted, LocalProtocolError } from './error.ts';
import { Queue } from './queue.ts';
import { barriers, type SessionState, transitions } from './state.ts';
import type { StatusIndicator } from './status-line.ts';

/** How far a client's session has come: its state, the commands that are not answered yet, and what became of deletions. */
export class ClientProgress {
  state: SessionState = 'GREETING';
  readonly #outstanding = new Queue<Command>();
  #secretSent = false;
  #deleteOutstanding = 0;
  #deleted = false;
  #commit: DeletionsCommitted = 'no';

  /** The oldest command that is not fully answered: what comes belongs to it. */
  get outstanding(): Command | undefined {
    return this.#outstanding.first;
  }

  /** Whether the deletions took effect, if the session ended now. A refused QUIT leaves it unknown (RFC 1939 section 6). */
  get deletionsCommitted(): DeletionsCommitted {
    return this.#deleted || this.#deleteOutstanding > 0 ? this.#commit : 'no';
  }

  /** Servers quote what they refuse: until the login has succeeded, that may be the secret. */
  get mayQuoteSecret(): boolean {
    return this.#secretSent && this.state === 'AUTHORIZATION';
  }

  /** @throws LocalProtocolError where the command is not allowed now; nothing has changed then. */
  check(command: Command): void {
    const { keyword } = command;
    const refuse = (why: string): never => {
      throw new LocalProtocolError(why, { command: describeCommand(command) });
    };
    if (transitions[this.state][keyword] === undefined) {
      refuse(`${keyword} is not allowed in the ${this.state} state`);
    }
    const { last } = this.#outstanding;
    if (last === undefined) return;
    if (barriers.has(keyword)) refuse(`${keyword} cannot be in flight with another command`);
    if (barriers.has(last.keyword)) refuse(`${last.keyword} cannot be in flight with another command`);
  }

  greeted(status: StatusIndicator): void {
    this.state = status === '+OK' ? 'AUTHORIZATION' : 'CLOSED';
  }

  /** A command that passed `check` is written. */
  sent(command: Command): void {
    this.#outstanding.push(command);
    if (carriesSecret(command)) this.#secretSent = true;
    if (command.keyword === 'DELE') this.#deleteOutstanding++;
    if (command.keyword === 'QUIT' && this.state === 'TRANSACTION') {
      this.state = 'UPDATE';
      this.#commit = 'unknown';
    }
  }

  /** The oldest command has its whole answer. */
  answered(status: StatusIndicator): void {
    const keyword = this.#outstanding.shift()?.keyword;
    if (keyword === undefined) return;
    if (keyword === 'DELE') this.#deleteOutstanding--;
    if (keyword === 'QUIT') {
      if (status === '+OK' && this.state === 'UPDATE') this.#commit = 'yes';
      this.state = 'CLOSED';
      return;
    }
    if (status === '-ERR') return;
    if (keyword === 'DELE') this.#deleted = true;
    if (keyword === 'RSET') this.#deleted = false;
    // With QUIT in flight behind it, the state is UPDATE already.
    if (this.state !== 'UPDATE') this.state = transitions[this.state][keyword] ?? this.state;
  }
}

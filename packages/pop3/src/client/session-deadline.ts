import type { ClientConnection, Command } from '../protocol/index.ts';
import { type Clock, type Endpoint, systemClock, type TimeoutError, Watchdog } from '../transport/index.ts';
import type { Timeouts } from './timeout.ts';

type Phase = 'greeting' | 'idle' | 'quit' | 'pass' | 'command';

/** The deadlines of a session: of what is waited for now, of a reader who holds the connection back, and of all of it. */
export class SessionDeadline {
  readonly #timeouts: Timeouts;
  readonly #server: Watchdog;
  readonly #reader: Watchdog;
  readonly #session: Watchdog;
  readonly #expired: (error: TimeoutError) => void;
  // What has its deadline now, and the command that it is about.
  #phase: Phase | undefined;
  #command: Command | undefined;

  constructor(
    endpoint: Endpoint,
    timeouts: Timeouts,
    expired: (error: TimeoutError) => void,
    clock: Clock = systemClock,
  ) {
    this.#timeouts = timeouts;
    this.#expired = expired;
    this.#server = new Watchdog(endpoint, { clock, minimumRate: timeouts.minimumRate });
    this.#reader = new Watchdog(endpoint, { clock, minimumRate: 0 });
    this.#session = new Watchdog(endpoint, { clock, minimumRate: 0 });
    if (timeouts.session > 0) this.#session.arm('session', timeouts.session, expired);
  }

  /** Octets came from the server. They are progress only in the middle of an answer of many lines. */
  progress(octets: number): void {
    if (this.#phase === 'idle') this.#server.progress(octets);
  }

  /** From now on we wait for the server: for its greeting, or for the next part of the answer that is outstanding. */
  waitForServer(connection: ClientConnection): void {
    this.#reader.disarm();
    const phase = phaseOf(connection);
    const command = connection.outstanding;
    // One line has one deadline, in however many pieces it comes.
    if (phase !== 'idle' && phase === this.#phase && command === this.#command) return;
    this.#phase = phase;
    this.#command = command;
    // The rate is measured anew for each command: many short answers are not one slow answer.
    if (phase === undefined) this.#server.disarm();
    else this.#server.arm(phase, this.#timeouts[phase], this.#expired, command);
  }

  /** A challenge was answered: the next line has a deadline of its own. */
  answered(connection: ClientConnection): void {
    this.pause();
    this.waitForServer(connection);
  }

  /** From now on we wait for whoever reads a message here, and not for the server. */
  waitForReader(): void {
    this.pause();
    const { reader } = this.#timeouts;
    if (reader > 0) this.#reader.arm('reader', reader, this.#expired);
  }

  /** Something else has a deadline of its own. */
  pause(): void {
    this.#phase = undefined;
    this.#server.disarm();
  }

  stop(): void {
    this.#server.stop();
    this.#reader.stop();
    this.#session.stop();
  }
}

/** What is waited for now; undefined: nothing. */
function phaseOf(connection: ClientConnection): Phase | undefined {
  const keyword = connection.outstanding?.keyword;
  if (connection.state === 'GREETING') return 'greeting';
  if (connection.withinMultiLine) return 'idle';
  switch (keyword) {
    case undefined:
      return undefined;
    case 'QUIT':
      return 'quit';
    case 'PASS':
    case 'AUTH':
    case 'APOP':
      return 'pass';
    default:
      return 'command';
  }
}

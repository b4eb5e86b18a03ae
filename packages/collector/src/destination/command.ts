import { type ChildProcess, spawn } from 'node:child_process';
import type { Delivery, DeliveryMessage, DeliveryResult, Destination, Recovery } from './destination.ts';
import { DestinationError } from './error.ts';

/** How a {@link CommandDestination} is made. */
export interface CommandOptions {
  /** Run by the shell. */
  readonly command: string;
  readonly name?: string | undefined;
  /** Milliseconds that the command may take for one message; 300,000 by default. */
  readonly timeout?: number | undefined;
}

const longestComplaint = 2000;

/**
 * A command that gets each message on its standard input, with CRLF line ends. Exit status 0 means that it has it, 75 that it may take it later. Its input
 * ends only after the ledger knows that the delivery was begun.
 */
export class CommandDestination implements Destination<CommandDelivery> {
  readonly name: string;
  readonly recognisesRepeats = false;
  // A command that has read a message must not wait for the next one.
  readonly batchMessages = 1;
  readonly #command: string;
  readonly #timeout: number;

  constructor({ command, name = `command:${command}`, timeout = 300_000 }: CommandOptions) {
    this.name = name;
    this.#command = command;
    this.#timeout = timeout;
  }

  async open(): Promise<void> {}

  begin(message: DeliveryMessage): CommandDelivery {
    return new CommandDelivery(this.name, this.#command, this.#timeout, message);
  }

  async commit(deliveries: readonly CommandDelivery[]): Promise<readonly DeliveryResult[]> {
    const results: DeliveryResult[] = [];
    for (const delivery of deliveries) results.push(await delivery.finish());
    return results;
  }

  async recover(): Promise<Recovery> {
    return 'unknown';
  }

  async close(): Promise<void> {}
}

/** One run of the command. */
export class CommandDelivery implements Delivery {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<DeliveryResult>;
  readonly #timer: NodeJS.Timeout;
  #complaint = '';
  #late = false;

  constructor(name: string, command: string, timeout: number, { id }: DeliveryMessage) {
    this.#name = name;
    this.#child = spawn(command, {
      shell: true,
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, POSTRIDER_MESSAGE_ID: id },
    });
    this.#timer = setTimeout(() => {
      this.#late = true;
      this.#child.kill('SIGKILL');
    }, timeout);
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#complaint = (this.#complaint + data.toString('utf8')).slice(0, longestComplaint);
    });
    // A command that does not read its input to the end is told by its exit status, not by EPIPE.
    this.#child.stdin?.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => resolve(this.#failed(`cannot be run: ${error.message}`, false)));
      this.#child.on('close', (code, signal) => resolve(this.#judge(code, signal)));
    });
  }

  write(octets: Uint8Array): void | Promise<void> {
    const input = this.#child.stdin;
    if (input === null || !input.writable || input.write(octets)) return undefined;
    return new Promise((resolve) => {
      const done = (): void => {
        input.off('drain', done).off('close', done);
        resolve();
      };
      input.on('drain', done).on('close', done);
    });
  }

  end(): void {}

  async abort(): Promise<void> {
    // Without the end of its input, the command cannot take what it has for a whole message.
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Ends the input, and waits for the verdict. */
  async finish(): Promise<DeliveryResult> {
    this.#child.stdin?.end();
    return this.#ended;
  }

  #judge(code: number | null, signal: NodeJS.Signals | null): DeliveryResult {
    clearTimeout(this.#timer);
    if (code === 0) return { status: 'delivered' };
    if (this.#late) return this.#failed('took too long', true);
    return this.#failed(
      code === null ? `was ended by ${signal}` : `failed with exit status ${code}`,
      code === 75,
    );
  }

  #failed(what: string, transient: boolean): DeliveryResult {
    const said = this.#complaint.trim() === '' ? '' : `: ${this.#complaint.trim()}`;
    const failure = { destination: this.#name, step: 'run', scope: 'message', transient } as const;
    return {
      status: 'failed',
      error: new DestinationError(`${this.#name} ${what}${said}`, failure, {
        hint: 'Run the command by hand with a message on its standard input.',
      }),
    };
  }
}

import {
  type DeliveryMessage,
  type DeliveryResult,
  type Destination,
  failed,
  type Recovery,
} from './destination.ts';
import { DestinationError, type DestinationFailure } from './error.ts';
import { commitOneByOne } from './one-by-one.ts';
import { runWithInput } from './run-command.ts';
import { SpooledDelivery } from './spool.ts';

/** How a {@link CommandDestination} is made. */
export interface CommandOptions {
  /** Run by the shell. */
  readonly command: string;
  readonly name?: string | undefined;
  /** LF at the end of each line, as programs that deliver mail on Unix want it; otherwise the exact octets, with CRLF. */
  readonly lineFeed?: boolean | undefined;
  /** Milliseconds that the command may take for one message; 300,000 by default. */
  readonly timeout?: number | undefined;
  /** Milliseconds between SIGTERM and SIGKILL for one that took too long; 5,000 by default. */
  readonly grace?: number | undefined;
  /** What the command's environment is made of; this process's by default. Secrets of Postrider's own are left out. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** EX_TEMPFAIL of sysexits.h. */
const temporaryFailure = 75;

/**
 * A command that gets each message on its standard input. Exit status 0 means that it has it, 75 (EX_TEMPFAIL) that it may take it later, any other that it
 * does not want it.
 *
 * It starts when the message is whole and the ledger knows that it is about to get it, and reads a file: it never takes a part of a message for
 * all of it, whatever happens to this process.
 *
 * Its environment has `POSTRIDER_ACCOUNT`, `POSTRIDER_UNIQUE_ID`, `POSTRIDER_MESSAGE_ID` (64 hexadecimal digits, the same for the same message for
 * ever) and `POSTRIDER_OCTETS`; the first two are percent-encoded, so that they do no harm even without quotes.
 */
export class CommandDestination implements Destination<SpooledDelivery> {
  readonly name: string;
  readonly recognisesRepeats = false;
  // A command that has got a message must not wait for the next one.
  readonly batchMessages = 1;
  readonly #options: CommandOptions;

  constructor(options: CommandOptions) {
    this.#options = options;
    this.name = options.name ?? `command:${options.command}`;
  }

  async open(): Promise<void> {}

  begin(message: DeliveryMessage): SpooledDelivery {
    return new SpooledDelivery(this.name, message, { lineFeed: this.#options.lineFeed });
  }

  commit(deliveries: readonly SpooledDelivery[]): Promise<readonly DeliveryResult[]> {
    return commitOneByOne(deliveries, (delivery) => this.#run(delivery));
  }

  async recover(): Promise<Recovery> {
    return 'unknown';
  }

  async close(): Promise<void> {}

  async #run(delivery: SpooledDelivery): Promise<DeliveryResult> {
    const { command, timeout = 300_000, grace = 5000, env = process.env } = this.#options;
    const { message, file: input } = delivery;
    const ended = await runWithInput(command, {
      input,
      timeout,
      grace,
      env: { ...withoutSecrets(env), ...describe(message, delivery.octets) },
    });
    if (ended.type === 'exit' && ended.status === 0) return { status: 'delivered' };
    const said = ended.complaint === '' ? '' : `: ${ended.complaint}`;
    // One that was ended in the middle may have done its work.
    const doubtful = ended.type === 'timeout' || ended.type === 'signal';
    const transient =
      ended.type === 'timeout' || (ended.type === 'exit' && ended.status === temporaryFailure);
    // The shell says with 126 and 127 that there is no such program, or that it may not be run: no message is to blame.
    const never =
      ended.type === 'error' || (ended.type === 'exit' && (ended.status === 126 || ended.status === 127));
    const failure = { transient, scope: never ? 'destination' : 'message' } as const;
    return failed(this.#error(`${ended.what}${said}`, failure), doubtful);
  }

  #error(what: string, failure: Pick<DestinationFailure, 'transient' | 'scope'>): DestinationError {
    return new DestinationError(
      `${this.name} ${what}`,
      { destination: this.name, step: 'run', ...failure },
      { hint: 'Run the command by hand with a message on its standard input.' },
    );
  }
}

function withoutSecrets(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !/^POSTRIDER_.*(?:PASSWORD|SECRET|TOKEN)$/.test(name));
  return Object.fromEntries(kept);
}

function describe({ id, account, uniqueId }: DeliveryMessage, octets: number): Record<string, string> {
  return {
    POSTRIDER_MESSAGE_ID: id,
    POSTRIDER_OCTETS: String(octets),
    POSTRIDER_ACCOUNT: encodeForShell(account ?? ''),
    POSTRIDER_UNIQUE_ID: encodeForShell(uniqueId ?? ''),
  };
}

// A server chose it: no spaces, no quotes, no wildcards, no NUL, and no dash in front that makes an option of it.
function encodeForShell(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[^A-Za-z0-9._@+=-]|^-/g, (character) => {
      return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
    });
}

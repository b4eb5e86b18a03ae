import type { DestinationError } from './error.ts';

/** A message on its way to a destination. */
export interface DeliveryMessage {
  /**
   * 64 hexadecimal digits, the same for the same message of the same account for ever: fit for a file name. Another message may have it as
   * well: servers use unique-ids again, and a ledger forgets. So whoever recognises repeats looks at the message too.
   */
  readonly id: string;
  /** What the server said that it has; undefined where it said nothing usable. It may be wrong. */
  readonly octets: number | undefined;
  /** The account that it comes from, as the ledger names it. */
  readonly account?: string | undefined;
  /** What the server calls it, one character an octet; it may be anything. */
  readonly uniqueId?: string | undefined;
  /** It was begun in an earlier run that ended before anything was known of its delivery: the destination may have it. */
  readonly doubtful?: boolean | undefined;
}

/** One message being written. The calls come in this order: `write` many times, then `end` and `commit`, or `abort`. */
export interface Delivery {
  /**
   * The next octets, with CRLF line ends as they came. They are the delivery's for good.
   *
   * @throws DestinationError
   */
  write(octets: Uint8Array): void | Promise<void>;
  /** The terminator was seen: that was all of it. Nothing is visible yet. */
  end(): void | Promise<void>;
  /** Leaves no trace of the message, also after `end`, and after a `commit` that did not take it. Never throws. */
  abort(): void | Promise<void>;
}

/** What became of a delivery. */
export type DeliveryResult =
  | { readonly status: 'delivered' }
  /** It was there already, from an earlier run. */
  | { readonly status: 'repeated' }
  | {
      readonly status: 'failed';
      readonly error: DestinationError;
      /** Nothing was heard of the end: it may be there after all. */
      readonly doubtful?: boolean | undefined;
    };

/**
 * Whether a message is at a destination, where its ledger entry says only that it was begun. `on-delivery`: the destination sees that when
 * the message is delivered again, as `doubtful`.
 */
export type Recovery = 'delivered' | 'absent' | 'on-delivery' | 'unknown';

/** A delivery that failed: for certain, unless it is doubtful. */
export function failed(error: DestinationError, doubtful = false): DeliveryResult {
  return { status: 'failed', error, doubtful };
}

/**
 * Where messages are delivered to.
 *
 * A message counts as delivered when `commit` said so: it is then durable, visible, and whole.
 *
 * What goes wrong is a {@link DestinationError}, with this `name` as its `destination`: where it is transient, it is tried again, and where its
 * scope is the destination, the others go on without it. Any other error ends the run of the account at once.
 */
export interface Destination<Begun extends Delivery = Delivery> {
  /** Names it in the ledger, without secrets: the same for the same place, wherever a program was started, and no other's. `maildir:/home/ann/Mail`. */
  readonly name: string;
  /** As the user wrote it, for people: `maildir:Mail`. Undefined: its name. */
  readonly label?: string | undefined;
  /**
   * Delivering the same message again is noticed, and does nothing. Where it is false, the ledger is told before
   * `commit` is called, and `recover` is asked after a crash.
   */
  readonly recognisesRepeats: boolean;
  /** How many deliveries at most to commit together; 1 or more. */
  readonly batchMessages: number;
  /**
   * Makes it ready, and removes what a crash left half done. Comes again after `close` where a run tries again.
   *
   * @throws DestinationError
   */
  open(): Promise<void>;
  /**
   * Begins to write a message. Nothing of it is visible before `commit`.
   *
   * @throws DestinationError
   */
  begin(message: DeliveryMessage): Delivery | Promise<Delivery>;
  /**
   * Makes deliveries durable and visible, with as few waits as possible; one result each, in their order. Where it rejects, none of
   * them counts as taken, and where it does not recognise repeats, each is in doubt.
   */
  commit(deliveries: readonly Begun[]): Promise<readonly DeliveryResult[]>;
  /** The ledger knows of these deliveries now: their messages will not come again. */
  recorded?(deliveries: readonly Begun[]): void;
  /** Ids of messages of earlier runs that it keeps in mind: a crash came before it heard that the ledger knows of their delivery. */
  readonly unrecorded?: ReadonlySet<string> | undefined;
  /** The ledger knows of the delivery of this one of `unrecorded`. Called when a session reads the ledger. */
  recordedBefore?(id: string): void;
  /** Whether a message is there that was begun and never confirmed. */
  recover(message: DeliveryMessage): Promise<Recovery>;
  /** Lets go of files and connections, also where `open` failed or was not called. What it throws changes nothing. */
  close(): Promise<void>;
}

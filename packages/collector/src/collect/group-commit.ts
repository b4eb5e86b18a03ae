import type { DeliveryResult, Destination, DestinationError } from '../destination/index.ts';
import type { AccountLedger } from '../ledger/index.ts';
import type { LedgerRecord, MessageIdentity, Retrieval } from '../plan/index.ts';
import type { Branch, IncomingMessage } from './incoming.ts';

/** What became of a message whose octets were all there. */
export interface CommittedMessage {
  readonly incoming: IncomingMessage;
  /** Some destination had it already. */
  readonly repeated: boolean;
  /** Every destination has it, also those that are left out. */
  readonly complete: boolean;
  /** Why some destination did not take it; undefined: every one that can be delivered to has it, and the ledger knows. */
  readonly failure: DestinationError | undefined;
}

/** How a {@link GroupCommit} works. */
export interface GroupCommitOptions {
  readonly ledger: AccountLedger;
  readonly destinations: readonly Destination[];
  /** Whether a message is at all destinations that are not among these; only then is it done. */
  readonly isElsewhere: (retrieval: Retrieval) => boolean;
  readonly now: () => number;
  /** Told where a destination was lost while it took a message: the message may be why. */
  readonly onBroken: (retrieval: Retrieval, reason: string) => void;
  /** Told what happened, and could not be recorded. */
  readonly onUnrecorded: (records: readonly LedgerRecord[]) => void;
  /** Told of each message, after the ledger. */
  readonly onCommitted: (messages: readonly CommittedMessage[]) => void;
}

/**
 * Makes messages durable, many at a time: destinations first, then the ledger, and only then is anybody told. While one group waits for the
 * disk, the next one fills, so the network goes on.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #maximum: number;
  #waiting: IncomingMessage[] = [];
  #running: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#maximum = Math.min(...options.destinations.map(({ batchMessages }) => batchMessages));
  }

  /** The failure that ended it. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Takes a whole message. A promise asks for a pause until there is room again; it rejects with what ended the commit. */
  add(message: IncomingMessage): void | Promise<void> {
    if (this.#failure !== undefined) return message.abort().then(() => Promise.reject(this.#failure?.error));
    this.#waiting.push(message);
    this.#start();
    if (this.#waiting.length >= this.#maximum) return this.#untilRoom();
  }

  /** Resolves when everything that was added is done. */
  async settle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #untilRoom(): Promise<void> {
    while (this.#waiting.length >= this.#maximum && this.#running !== undefined) await this.#running;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #start(): void {
    if (this.#running !== undefined || this.#waiting.length === 0 || this.#failure !== undefined) return;
    let group: readonly IncomingMessage[] = [];
    // One turn later, so that messages that came in the same chunk go together.
    this.#running = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => {
        group = this.#waiting.splice(0, this.#maximum);
        return this.#commit(group);
      })
      .catch(async (error: unknown) => {
        this.#failure = { error };
        for (const message of [...group, ...this.#waiting.splice(0)]) await message.abort();
      })
      .finally(() => {
        this.#running = undefined;
        this.#start();
      });
  }

  async #commit(group: readonly IncomingMessage[]): Promise<void> {
    const { ledger, destinations, isElsewhere, now, onBroken, onCommitted } = this.#options;
    const announced = announce(group, now());
    if (announced.length > 0) await ledger.commit(announced);
    const results = new Map<IncomingMessage, Outcome[]>();
    for (const message of group) results.set(message, []);
    let unusable: { readonly error: unknown } | undefined;
    const reached = new Set<Destination>();
    try {
      // One destination after the other: their waits are for the same disk, or for their own servers.
      for (const destination of destinations) {
        reached.add(destination);
        await this.#deliver(destination, group, results);
      }
    } catch (error) {
      // What the destinations before it took is recorded all the same.
      unusable = { error };
    }
    const records: LedgerRecord[] = [];
    const committed: CommittedMessage[] = [];
    for (const [incoming, outcomes] of results) {
      const failure = failureOf(outcomes);
      const whole = failure === undefined && outcomes.length === incoming.branches.length;
      const done = whole && isElsewhere(incoming.retrieval);
      for (const { branch, result } of outcomes) {
        const { destination } = branch;
        if (result.status !== 'failed')
          records.push(deliveredRecord(incoming, destination.name, done, now()));
        else if (result.doubtful !== true) records.push(...undelivered(incoming, destination, now()));
        else if (result.error.scope === 'destination') onBroken(incoming.retrieval, result.error.message);
      }
      for (const { destination } of incoming.branches) {
        if (!reached.has(destination)) records.push(...undelivered(incoming, destination, now()));
      }
      const repeated = outcomes.some(({ result }) => result.status === 'repeated');
      // A failure of the destination says nothing about the message, so it must not count against it.
      if (failure?.scope === 'destination') unusable ??= { error: failure };
      else if (whole || failure !== undefined)
        committed.push({ incoming, repeated, complete: done, failure });
      if (!whole) await incoming.abort();
    }
    if (records.length > 0) await this.#record(records);
    this.#tellRecorded(results.values());
    onCommitted(committed);
    if (unusable !== undefined) throw unusable.error;
  }

  async #record(records: readonly LedgerRecord[]): Promise<void> {
    try {
      await this.#options.ledger.commit(records);
    } catch (error) {
      this.#options.onUnrecorded(records);
      throw error;
    }
  }

  #tellRecorded(outcomes: Iterable<readonly Outcome[]>): void {
    const interested = this.#options.destinations.filter(({ recorded }) => recorded !== undefined);
    if (interested.length === 0) return;
    const taken = [...outcomes].flat().filter(({ result }) => result.status !== 'failed');
    for (const destination of interested) {
      const of = taken.filter(({ branch }) => branch.destination === destination);
      destination.recorded?.(of.map(({ branch }) => branch.delivery));
    }
  }

  async #deliver(
    destination: Destination,
    group: readonly IncomingMessage[],
    results: ReadonlyMap<IncomingMessage, Outcome[]>,
  ): Promise<void> {
    const branches: { readonly incoming: IncomingMessage; readonly branch: Branch }[] = [];
    for (const incoming of group) {
      for (const branch of incoming.branches) {
        if (branch.destination === destination) branches.push({ incoming, branch });
      }
    }
    if (branches.length === 0) return;
    const answers = await destination.commit(branches.map(({ branch }) => branch.delivery));
    // Nobody knows which of them it means then.
    if (answers.length !== branches.length) {
      throw new TypeError(
        `${destination.name}: commit gave ${answers.length} results for ${branches.length} deliveries`,
      );
    }
    for (const [index, { incoming, branch }] of branches.entries()) {
      const result = answers[index];
      if (result === undefined) continue;
      branch.taken = result.status !== 'failed';
      results.get(incoming)?.push({ branch, result });
    }
  }
}

interface Outcome {
  readonly branch: Branch;
  readonly result: DeliveryResult;
}

// What is wrong with a destination counts before what is wrong with the message.
function failureOf(outcomes: readonly Outcome[]): DestinationError | undefined {
  let first: DestinationError | undefined;
  for (const { result } of outcomes) {
    if (result.status !== 'failed') continue;
    if (result.error.scope === 'destination') return result.error;
    first ??= result.error;
  }
  return first;
}

// What the ledger must know before a destination gets a message that it would not recognise again.
function announce(group: readonly IncomingMessage[], at: number): LedgerRecord[] {
  const records: LedgerRecord[] = [];
  for (const incoming of group) {
    for (const { destination } of incoming.branches) {
      if (destination.recognisesRepeats) continue;
      const message = identityOf(incoming);
      records.push({ type: 'delivering', message, destination: destination.name, at });
    }
  }
  return records;
}

// What was announced and did not happen. A doubt of an earlier run stays: that delivery may have happened.
function undelivered(
  incoming: IncomingMessage,
  { name, recognisesRepeats }: Destination,
  at: number,
): readonly LedgerRecord[] {
  if (recognisesRepeats || incoming.retrieval.delivering.includes(name)) return [];
  return [{ type: 'undelivered', message: identityOf(incoming), destination: name, at }];
}

function deliveredRecord(
  incoming: IncomingMessage,
  destination: string,
  everywhere: boolean,
  at: number,
): LedgerRecord {
  return {
    type: 'delivered',
    message: identityOf(incoming),
    destination,
    complete: everywhere && incoming.branches.at(-1)?.destination.name === destination,
    receivedOctets: incoming.octets,
    at,
  };
}

function identityOf({ retrieval, headerHash }: IncomingMessage): MessageIdentity {
  const { key, uniqueId, octets } = retrieval;
  return { key, uniqueId, octets, headerHash };
}

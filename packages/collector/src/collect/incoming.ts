import type { ContentSink } from '@postrider/pop3';
import type { Delivery, DeliveryMessage, Destination } from '../destination/index.ts';
import type { Retrieval } from '../plan/index.ts';
import { HeaderHash } from './header-hash.ts';
import { messageId } from './message-id.ts';

/** A delivery of one message to one destination. */
export interface Branch {
  readonly destination: Destination;
  readonly delivery: Delivery;
  /** The destination has it: there is nothing to abort any more. */
  taken: boolean;
}

/**
 * One message on its way home: takes its octets from the session and hands them to every destination that lacks it. The
 * deliveries are begun when the first octets come, so that messages that wait for their turn hold no file open.
 */
export class IncomingMessage implements ContentSink {
  readonly retrieval: Retrieval;
  readonly account: string;
  readonly id: string;
  octets = 0;
  readonly #header = new HeaderHash();
  readonly #destinations: readonly Destination[];
  readonly #onOctets: (octets: number) => void;
  #branches: Branch[] | undefined;

  constructor(
    retrieval: Retrieval,
    account: string,
    destinations: readonly Destination[],
    onOctets: (octets: number) => void,
  ) {
    this.retrieval = retrieval;
    this.account = account;
    this.id = messageId(account, retrieval.key);
    this.#destinations = destinations.filter(({ name }) => !retrieval.delivered.includes(name));
    this.#onOctets = onOctets;
  }

  /** How it can be recognised should the server change its unique-id. */
  get headerHash(): string {
    return this.#header.digest();
  }

  /** Some destinations have another one: the server has used its unique-id again since. */
  get isAnother(): boolean {
    const { delivered, headerHash } = this.retrieval;
    return delivered.length > 0 && headerHash !== undefined && headerHash !== this.headerHash;
  }

  /** The deliveries, once they were begun. */
  get branches(): readonly Branch[] {
    return this.#branches ?? [];
  }

  write(octets: Uint8Array): void | Promise<void> {
    this.octets += octets.length;
    this.#header.update(octets);
    this.#onOctets(octets.length);
    const branches = this.#branches;
    if (branches === undefined) return this.#beginAndWrite(octets);
    return writeAll(branches, octets);
  }

  /** The terminator was seen. */
  end(): void | Promise<void> {
    if (this.#branches !== undefined) return endAll(this.#branches);
    const begun = this.#begin();
    return begun === undefined ? endAll(this.branches) : begun.then(() => endAll(this.branches));
  }

  /** Leaves no trace of it where it was not taken. */
  async abort(): Promise<void> {
    for (const { delivery, taken } of this.branches) if (!taken) await delivery.abort();
    this.#branches = [];
  }

  #begin(): void | Promise<void> {
    const branches: Branch[] = [];
    this.#branches = branches;
    return all(this.#destinations, (destination) => {
      const begun = destination.begin(this.#messageFor(destination));
      if (begun instanceof Promise) {
        return begun.then((delivery) => {
          if (this.#branches === branches) branches.push({ destination, delivery, taken: false });
          // It was given up meanwhile.
          else return delivery.abort();
        });
      }
      branches.push({ destination, delivery: begun, taken: false });
      return undefined;
    });
  }

  #messageFor({ name }: Destination): DeliveryMessage {
    const { octets, uniqueId, delivering } = this.retrieval;
    return { id: this.id, octets, account: this.account, uniqueId, doubtful: delivering.includes(name) };
  }

  #beginAndWrite(octets: Uint8Array): void | Promise<void> {
    const begun = this.#begin();
    if (begun === undefined) return writeAll(this.branches, octets);
    return begun.then(() => writeAll(this.branches, octets));
  }
}

function writeAll(branches: readonly Branch[], octets: Uint8Array): void | Promise<void> {
  return all(branches, ({ delivery }) => delivery.write(octets));
}

function endAll(branches: readonly Branch[]): void | Promise<void> {
  return all(branches, ({ delivery }) => delivery.end());
}

// Most destinations answer at once, and a promise for each piece would cost more than the piece. Where one fails, the others are
// waited for, so that none goes on unseen.
function all<T>(items: readonly T[], act: (item: T) => void | Promise<void>): void | Promise<void> {
  const waits: Promise<void>[] = [];
  let failure: { readonly error: unknown } | undefined;
  for (const item of items) {
    try {
      const wait = act(item);
      if (wait !== undefined) waits.push(wait);
    } catch (error) {
      failure = { error };
      break;
    }
  }
  if (waits.length > 0) return settleAll(waits, failure);
  if (failure !== undefined) throw failure.error;
  return undefined;
}

async function settleAll(
  waits: readonly Promise<void>[],
  failure: { readonly error: unknown } | undefined,
): Promise<void> {
  const results = await Promise.allSettled(waits);
  if (failure !== undefined) throw failure.error;
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

import type { ContentSink } from '@postrider/pop3';
import type { Delivery, DeliveryMessage, Destination } from '../destination/index.ts';
import type { Retrieval } from '../plan/index.ts';
import { HeaderHash } from './header-hash.ts';

/** A delivery of one message to one destination. */
export interface Branch {
  readonly destination: Destination;
  readonly delivery: Delivery;
}

/**
 * One message on its way home: takes its octets from the session and hands them to every destination that lacks it. The
 * deliveries are begun when the first octets come, so that messages that wait for their turn hold no file open.
 */
export class IncomingMessage implements ContentSink {
  readonly retrieval: Retrieval;
  readonly id: string;
  octets = 0;
  readonly #header = new HeaderHash();
  readonly #destinations: readonly Destination[];
  readonly #onOctets: (octets: number) => void;
  #branches: Branch[] | undefined;

  constructor(
    retrieval: Retrieval,
    id: string,
    destinations: readonly Destination[],
    onOctets: (octets: number) => void,
  ) {
    this.retrieval = retrieval;
    this.id = id;
    this.#destinations = destinations.filter(({ name }) => !retrieval.delivered.includes(name));
    this.#onOctets = onOctets;
  }

  get message(): DeliveryMessage {
    return { id: this.id, octets: this.retrieval.octets };
  }

  /** How it can be recognised should the server change its unique-id. */
  get headerHash(): string {
    return this.#header.digest();
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
  async end(): Promise<void> {
    if (this.#branches === undefined) await this.#begin();
    for (const { delivery } of this.branches) await delivery.end();
  }

  /** Leaves no trace of it. */
  async abort(): Promise<void> {
    for (const { delivery } of this.branches) await delivery.abort();
    this.#branches = [];
  }

  #begin(): void | Promise<void> {
    const branches: Branch[] = [];
    this.#branches = branches;
    const waits: Promise<void>[] = [];
    for (const destination of this.#destinations) {
      const begun = destination.begin(this.message);
      if (begun instanceof Promise) {
        waits.push(begun.then((delivery) => void branches.push({ destination, delivery })));
      } else {
        branches.push({ destination, delivery: begun });
      }
    }
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
  }

  #beginAndWrite(octets: Uint8Array): void | Promise<void> {
    const begun = this.#begin();
    if (begun === undefined) return writeAll(this.branches, octets);
    return begun.then(() => writeAll(this.branches, octets));
  }
}

function writeAll(branches: readonly Branch[], octets: Uint8Array): void | Promise<void> {
  const waits: Promise<void>[] = [];
  for (const { delivery } of branches) {
    const wait = delivery.write(octets);
    if (wait !== undefined) waits.push(wait);
  }
  return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
}

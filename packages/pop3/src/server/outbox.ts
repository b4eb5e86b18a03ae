/** Collects octets, so that the answers to many pipelined commands leave in few writes. */
export class Outbox {
  readonly #write: (octets: Uint8Array) => Promise<void>;
  #waiting: Uint8Array[] = [];
  #octets = 0;

  constructor(write: (octets: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  add(octets: Uint8Array): void {
    this.#waiting.push(octets);
    this.#octets += octets.length;
  }

  /** So much waits that it should leave now, for the sake of memory. */
  get full(): boolean {
    return this.#octets >= 65_536;
  }

  /** Writes what waits; resolves when more may be written. */
  async flush(): Promise<void> {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const octets = this.#waiting.length === 1 ? first : Buffer.concat(this.#waiting, this.#octets);
    this.#waiting = [];
    this.#octets = 0;
    await this.#write(octets);
  }
}

import { barriers, type Command } from '../protocol/index.ts';

/** Decides how many commands may be in flight. */
export interface CommandWindow {
  /** Whether `next` may be sent now, behind `last` (undefined: nothing is in flight). */
  admits(next: Command, last: Command | undefined): boolean;
  /** A command of so many octets was sent. */
  sent(octets: number): void;
  /** The oldest command in flight was answered. */
  completed(): void;
}

/** One command at a time: for servers that do not offer PIPELINING. */
export class WindowOfOne implements CommandWindow {
  admits(_next: Command, last: Command | undefined): boolean {
    return last === undefined;
  }

  sent(): void {}

  completed(): void {}
}

/**
 * Several commands at a time (PIPELINING, RFC 2449 section 6.6), bounded so that they always fit into the server's receive
 * buffer: a server that does not read while it writes can then never block us for good. It is refilled when half of it is
 * answered, so that commands go out in few writes: over a long line each round trip brings at least half of it.
 */
export class PipeliningWindow implements CommandWindow {
  readonly #commands: number;
  readonly #octets: number;
  readonly #sizes: number[] = [];
  #inFlight = 0;
  #filling = true;

  constructor({ commands = 1024, octets = 16_384 }: { commands?: number; octets?: number } = {}) {
    this.#commands = commands;
    this.#octets = octets;
  }

  admits(next: Command, last: Command | undefined): boolean {
    if (last === undefined) return true;
    if (barriers.has(next.keyword) || barriers.has(last.keyword)) return false;
    if (!this.#filling) {
      this.#filling = this.#sizes.length <= this.#commands / 2 && this.#inFlight <= this.#octets / 2;
    } else if (this.#sizes.length >= this.#commands || this.#inFlight >= this.#octets) {
      this.#filling = false;
    }
    return this.#filling;
  }

  sent(octets: number): void {
    this.#sizes.push(octets);
    this.#inFlight += octets;
  }

  completed(): void {
    this.#inFlight -= this.#sizes.shift() ?? 0;
  }
}

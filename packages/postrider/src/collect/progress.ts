import type { CollectEvent } from '@postrider/collector';
import { SingleBar } from 'cli-progress';
import type { Output } from '../output/output.ts';
import { formatOctets } from '../output/quantity.ts';

/** The progress bar of a collection: messages, octets, rate and time left. Only on a terminal that somebody watches. */
export class Progress {
  readonly #bar: SingleBar | undefined;
  readonly #accounts = new Map<
    string,
    { messages: number; total: number; octets: number; totalOctets: number }
  >();
  readonly #begun = performance.now();
  #started = false;

  constructor(output: Output, accounts: number) {
    if (!output.showsProgress || accounts === 0) return;
    this.#bar = new SingleBar({
      format: '{bar} {messages} messages  {size}  {rate}/s  {left} left',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
      stream: process.stderr,
    });
  }

  take(account: string, event: CollectEvent): void {
    if (this.#bar === undefined) return;
    const state = this.#accounts.get(account) ?? { messages: 0, total: 0, octets: 0, totalOctets: 0 };
    this.#accounts.set(account, state);
    if (event.type === 'planned') {
      state.total = event.retrieve;
      state.totalOctets = event.octets;
    } else if (event.type === 'progress') {
      state.messages = event.messages;
      state.octets = event.octets;
    } else {
      return;
    }
    this.#show();
  }

  end(): void {
    if (this.#started) this.#bar?.stop();
    this.#started = false;
  }

  #show(): void {
    let [messages, total, octets, totalOctets] = [0, 0, 0, 0];
    for (const state of this.#accounts.values()) {
      messages += state.messages;
      total += state.total;
      octets += state.octets;
      totalOctets += state.totalOctets;
    }
    if (total === 0) return;
    const rate = octets / Math.max(0.001, (performance.now() - this.#begun) / 1000);
    const seconds = rate > 0 ? Math.max(0, Math.round((totalOctets - octets) / rate)) : 0;
    const payload = {
      messages: `${messages}/${total}`,
      size: formatOctets(octets),
      rate: formatOctets(rate),
      left: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
    };
    const whole = Math.max(1, totalOctets);
    if (!this.#started) {
      this.#bar?.start(whole, 0, payload);
      this.#started = true;
    }
    this.#bar?.setTotal(whole);
    this.#bar?.update(Math.min(whole, octets), payload);
  }
}

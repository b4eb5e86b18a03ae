import type { CollectEvent } from '@postrider/collector';
import type { Output } from '../output/output.ts';
import { formatOctets } from '../output/quantity.ts';
import { Rate } from './rate.ts';

/** What has come of one account, and what is to come, over all of its sessions in this run. */
interface Share {
  messages: number;
  octets: number;
  totalMessages: number;
  totalOctets: number;
  /** What earlier sessions of the run had brought. */
  earlierMessages: number;
  earlierOctets: number;
}

const barColumns = 20;
const leastPause = 100;

/** The progress of a collection in one line: messages, octets, rate and time left. Only on a terminal that somebody watches. */
export class Progress {
  readonly #output: Output;
  readonly #accounts: number;
  readonly #shares = new Map<string, Share>();
  readonly #rate = new Rate();
  #finished = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(output: Output, accounts: number) {
    this.#output = output;
    this.#accounts = accounts;
  }

  take(account: string, event: CollectEvent): void {
    if (!this.#output.showsProgress || (event.type !== 'planned' && event.type !== 'progress')) return;
    const share = this.#shareOf(account);
    if (event.type === 'planned') {
      share.earlierMessages = share.messages;
      share.earlierOctets = share.octets;
      share.totalMessages = share.messages + event.retrieve;
      share.totalOctets = share.octets + event.octets;
    } else {
      share.messages = share.earlierMessages + event.messages;
      share.octets = share.earlierOctets + event.octets;
    }
    // While nothing comes, the rate still falls.
    this.#timer ??= setInterval(() => this.#show(performance.now()), 1000).unref();
    const now = performance.now();
    if (now - this.#shownAt >= leastPause) this.#show(now);
  }

  /** One more account is done. */
  finish(): void {
    this.#finished++;
  }

  /** Takes the line away. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#output.showStatus(undefined);
  }

  #shareOf(account: string): Share {
    const known = this.#shares.get(account);
    if (known !== undefined) return known;
    const share = {
      ...{ messages: 0, octets: 0, totalMessages: 0, totalOctets: 0 },
      ...{ earlierMessages: 0, earlierOctets: 0 },
    };
    this.#shares.set(account, share);
    return share;
  }

  #show(now: number): void {
    this.#shownAt = now;
    let [messages, octets, totalMessages, totalOctets] = [0, 0, 0, 0];
    for (const share of this.#shares.values()) {
      messages += share.messages;
      octets += share.octets;
      totalMessages += share.totalMessages;
      totalOctets += share.totalOctets;
    }
    this.#rate.note(octets, now);
    if (totalMessages === 0) return;
    const done = totalOctets > 0 ? Math.min(1, octets / totalOctets) : messages / totalMessages;
    const parts = [
      ...(this.#accounts > 1 ? [`${this.#finished}/${this.#accounts} accounts`] : []),
      bar(done),
      `${messages}/${totalMessages} messages`,
      formatOctets(octets),
      ...this.#pace(totalOctets - octets),
    ];
    this.#output.showStatus(parts.join('  '));
  }

  #pace(octetsLeft: number): readonly string[] {
    const perSecond = this.#rate.perSecond;
    if (perSecond === undefined) return [];
    const left = perSecond > 0 && octetsLeft > 0 ? formatSeconds(octetsLeft / perSecond) : '-:--';
    return [`${formatOctets(Math.round(perSecond))}/s`, `${left} left`];
  }
}

function bar(done: number): string {
  const full = Math.floor(done * barColumns);
  const head = full < barColumns ? '>' : '';
  return `[${`${'='.repeat(full)}${head}`.padEnd(barColumns)}]`;
}

/** `0:07`, `12:30`, `3:05:00`. */
function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (number: number): string => String(number).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

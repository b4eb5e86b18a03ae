import type { Endpoint } from './endpoint.ts';
import { TimeoutError, type TimeoutPhase } from './error.ts';

/** Time, and timers. Tests pass their own. */
export interface Clock {
  /** Milliseconds that only go up. */
  now(): number;
  /** Calls back once, after at least so many milliseconds; gives a function that cancels it. */
  schedule(milliseconds: number, callback: () => void): () => void;
}

const longestTimer = 2 ** 31 - 1;

/** The clock of the platform. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule: (milliseconds, callback) => {
    const timer = setTimeout(callback, Math.min(milliseconds, longestTimer));
    return () => clearTimeout(timer);
  },
};

/** How a {@link Watchdog} measures. */
export interface WatchdogOptions {
  /** Octets a second below which a peer that sends counts as one that does not; 100 by default, 0 for none. */
  readonly minimumRate?: number | undefined;
  /** Milliseconds of waiting over which the rate is measured; 60,000 by default. */
  readonly rateWindow?: number | undefined;
  readonly clock?: Clock | undefined;
}

interface Wait {
  readonly phase: TimeoutPhase;
  readonly milliseconds: number;
  readonly onExpire: (error: TimeoutError) => void;
  deadline: number;
}

/**
 * The deadline of whatever a session waits for at the moment.
 *
 * It is armed and disarmed for every command, so it keeps one timer and lets it run: a timer that fires before the
 * deadline is set again for what is left. Call {@link Watchdog.stop} at the end of the session.
 *
 * Only the time spent waiting counts towards the minimum rate, so a slow reader on our side is not held against the peer.
 */
export class Watchdog {
  readonly #endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #rateWindow: number;
  readonly #windowMinimum: number;
  #wait: Wait | undefined;
  #lastPhase: TimeoutPhase | undefined;
  #lastSubject: unknown;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;
  // The rate's window: what came in it, and the time waited in it before and since `#waitingSince`.
  #windowOctets = 0;
  #waited = 0;
  #waitingSince = 0;

  constructor(endpoint: Endpoint, options: WatchdogOptions = {}) {
    this.#endpoint = endpoint;
    this.#clock = options.clock ?? systemClock;
    this.#rateWindow = options.rateWindow ?? 60_000;
    this.#windowMinimum = ((options.minimumRate ?? 100) * this.#rateWindow) / 1000;
  }

  /**
   * Starts a wait, in the place of the one before. `onExpire` is called at most once, never synchronously.
   * Another phase or subject (the command that is answered, say) than the last begins a new measurement of the rate.
   */
  arm(
    phase: TimeoutPhase,
    milliseconds: number,
    onExpire: (error: TimeoutError) => void,
    subject?: unknown,
  ): void {
    const now = this.#clock.now();
    if (this.#wait) this.#pauseWindow(now);
    if (phase !== this.#lastPhase || subject !== this.#lastSubject) this.#beginWindow(now);
    this.#lastPhase = phase;
    this.#lastSubject = subject;
    this.#waitingSince = now;
    this.#wait = { phase, milliseconds, onExpire, deadline: now + milliseconds };
    this.#schedule(now, this.#wait);
  }

  /** Octets came: the wait begins anew, as long as they come at the minimum rate. */
  progress(octets: number): void {
    const wait = this.#wait;
    if (wait === undefined || octets <= 0) return;
    wait.deadline = this.#clock.now() + wait.milliseconds;
    this.#windowOctets += octets;
  }

  /** Ends the wait. The timer is left to run out. */
  disarm(): void {
    if (this.#wait === undefined) return;
    this.#pauseWindow(this.#clock.now());
    this.#wait = undefined;
  }

  /** Ends the wait and the timer. */
  stop(): void {
    this.#wait = undefined;
    this.#lastSubject = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #beginWindow(now: number): void {
    this.#windowOctets = 0;
    this.#waited = 0;
    this.#waitingSince = now;
  }

  #pauseWindow(now: number): void {
    this.#waited += now - this.#waitingSince;
    this.#waitingSince = now;
  }

  get #windowEnd(): number {
    if (this.#windowMinimum <= 0) return Number.POSITIVE_INFINITY;
    return this.#waitingSince + this.#rateWindow - this.#waited;
  }

  #schedule(now: number, wait: Wait): void {
    const at = Math.max(now, Math.min(wait.deadline, this.#windowEnd));
    if (this.#timer !== undefined) {
      if (this.#timer.at <= at) return;
      this.#timer.cancel();
    }
    const cancel = this.#clock.schedule(at - now, () => this.#fire());
    this.#timer = { at, cancel };
  }

  #fire(): void {
    this.#timer = undefined;
    const wait = this.#wait;
    if (wait === undefined) return;
    const now = this.#clock.now();
    if (now >= wait.deadline) {
      this.#expire(wait, wait.phase, wait.milliseconds);
      return;
    }
    if (now >= this.#windowEnd) {
      // Where nothing came at all, the deadline decides; the rate is about peers that do send.
      if (this.#windowOctets > 0 && this.#windowOctets < this.#windowMinimum) {
        this.#expire(wait, 'rate', this.#rateWindow);
        return;
      }
      this.#beginWindow(now);
    }
    this.#schedule(now, wait);
  }

  #expire(wait: Wait, phase: TimeoutPhase, milliseconds: number): void {
    this.#wait = undefined;
    wait.onExpire(new TimeoutError({ phase, milliseconds, endpoint: this.#endpoint }));
  }
}

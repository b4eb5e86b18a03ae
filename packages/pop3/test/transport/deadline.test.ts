import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Clock, type TimeoutError, Watchdog } from '../../src/transport/index.ts';

/** A clock that stands still until it is moved. */
class StillClock implements Clock {
  #now = 0;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }

  get timers(): number {
    return this.#timers.length;
  }
}

function watched(options: { minimumRate?: number; rateWindow?: number } = {}) {
  const clock = new StillClock();
  const expired: TimeoutError[] = [];
  const watchdog = new Watchdog({ host: 'h', port: 1 }, { clock, ...options });
  return {
    clock,
    expired,
    watchdog,
    arm: (ms: number) => watchdog.arm('idle', ms, (error) => expired.push(error)),
  };
}

suite('a watchdog', () => {
  test('expires once, with phase and time', () => {
    const { clock, expired, arm } = watched();
    arm(1000);
    clock.pass(999);
    assert.equal(expired.length, 0);
    clock.pass(5000);
    assert.deepEqual(
      expired.map(({ phase, milliseconds }) => [phase, milliseconds]),
      [['idle', 1000]],
    );
  });

  test('octets begin the wait anew', () => {
    const { clock, expired, watchdog, arm } = watched();
    arm(1000);
    for (let count = 0; count < 20; count++) {
      clock.pass(900);
      watchdog.progress(1000);
    }
    assert.equal(expired.length, 0);
    clock.pass(1001);
    assert.equal(expired.length, 1);
  });

  test('a drip below the minimum rate is no progress', () => {
    const { clock, expired, watchdog, arm } = watched({ minimumRate: 100, rateWindow: 60_000 });
    arm(10_000);
    for (let second = 0; second < 70; second++) {
      clock.pass(1000);
      watchdog.progress(1);
    }
    assert.deepEqual(
      expired.map(({ phase }) => phase),
      ['rate'],
    );
  });

  test('at the minimum rate it goes on for ever', () => {
    const { clock, expired, watchdog, arm } = watched({ minimumRate: 100, rateWindow: 60_000 });
    arm(10_000);
    for (let second = 0; second < 600; second++) {
      clock.pass(1000);
      watchdog.progress(110);
    }
    assert.equal(expired.length, 0);
  });

  test('time in which nobody waits counts for nothing', () => {
    const { clock, expired, watchdog, arm } = watched();
    arm(1000);
    watchdog.disarm();
    clock.pass(100_000);
    arm(1000);
    clock.pass(500);
    watchdog.stop();
    clock.pass(100_000);
    assert.equal(expired.length, 0);
    assert.equal(clock.timers, 0);
  });
});

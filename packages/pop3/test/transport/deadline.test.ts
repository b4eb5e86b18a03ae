import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type TimeoutError, Watchdog } from '../../src/transport/index.ts';
import { StillClock } from '../support/still-clock.ts';

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

  test('the rate is that of one answer: a new subject begins a new measurement', () => {
    const { clock, expired, watchdog } = watched({ minimumRate: 100, rateWindow: 60_000 });
    const wait = (subject: object): void =>
      watchdog.arm('command', 10_000, (error) => expired.push(error), subject);
    for (let count = 0; count < 2000; count++) {
      wait({ count });
      clock.pass(100);
      watchdog.progress(5);
    }
    assert.deepEqual(expired, []);
    const subject = {};
    for (let count = 0; count < 2000 && expired.length === 0; count++) {
      wait(subject);
      clock.pass(100);
      watchdog.progress(5);
    }
    assert.deepEqual(
      expired.map(({ phase }) => phase),
      ['rate'],
    );
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

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PipeliningWindow, WindowOfOne } from '../../src/client/window.ts';
import { type Command, secret } from '../../src/protocol/index.ts';

const noop: Command = { keyword: 'NOOP' };
const pass: Command = { keyword: 'PASS', password: secret('x') };

suite('a window', () => {
  test('of one admits nothing while something is in flight', () => {
    const window = new WindowOfOne();
    assert.equal(window.admits(noop, undefined), true);
    assert.equal(window.admits(noop, noop), false);
  });

  test('for pipelining is bounded by commands, and refilled when half is answered', () => {
    const window = new PipeliningWindow({ commands: 4, octets: 1000 });
    let inFlight = 0;
    const fill = (): number => {
      let sent = 0;
      while (window.admits(noop, inFlight === 0 ? undefined : noop)) {
        window.sent(6);
        inFlight++;
        sent++;
      }
      return sent;
    };
    assert.equal(fill(), 4);
    window.completed();
    inFlight--;
    assert.equal(fill(), 0);
    window.completed();
    inFlight--;
    assert.equal(fill(), 2);
  });

  test('for pipelining is bounded by octets as well', () => {
    const window = new PipeliningWindow({ commands: 100, octets: 20 });
    let sent = 0;
    while (window.admits(noop, sent === 0 ? undefined : noop)) {
      window.sent(6);
      sent++;
    }
    assert.equal(sent, 4);
  });

  for (const keyword of ['PASS', 'APOP', 'AUTH', 'STLS', 'UTF8'] as const) {
    test(`nothing travels with ${keyword} (RFC 2449 section 6.6)`, () => {
      const barrier: Command =
        keyword === 'PASS'
          ? pass
          : keyword === 'APOP'
            ? { keyword, name: 'a', digest: secret('b') }
            : keyword === 'AUTH'
              ? { keyword, mechanism: 'PLAIN' }
              : { keyword };
      const window = new PipeliningWindow();
      assert.equal(window.admits(barrier, noop), false);
      assert.equal(window.admits(noop, barrier), false);
      assert.equal(window.admits(barrier, undefined), true);
    });
  }
});

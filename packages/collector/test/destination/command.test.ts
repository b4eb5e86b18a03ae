import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { CommandDestination, type CommandOptions, type DeliveryResult } from '../../src/index.ts';
import { deliver } from '../support/deliver.ts';
import { makeScene, message } from '../support/scene.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-command-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const content = 'Subject: dots\r\n\r\n.\r\n..\r\n\x00\xff\rbare\nend\r\n';

function run(command: string, options: Partial<CommandOptions> = {}): CommandDestination {
  return new CommandDestination({
    command,
    ...options,
    env: { ...process.env, DIR: folder, ...options.env },
  });
}

function errorOf(result: DeliveryResult): {
  message: string;
  transient: boolean;
  scope: string;
  doubtful: boolean;
} {
  assert.equal(result.status, 'failed');
  const { message, transient, scope } = result.error;
  return { message, transient, scope, doubtful: result.doubtful === true };
}

function file(name: string): string {
  return readFileSync(join(folder, name), 'latin1');
}

suite('a command as the destination', () => {
  test('gets the exact octets on its standard input', async () => {
    assert.deepEqual(await deliver(run('cat > "$DIR/out"'), content), { status: 'delivered' });
    assert.equal(file('out'), content);
  });

  test('gets LF line ends where it is a program that delivers mail', async () => {
    await deliver(run('cat > "$DIR/out"', { lineFeed: true }), content);
    assert.equal(file('out'), content.replaceAll('\r\n', '\n'));
  });

  test('reads a file: it has the whole of it before it starts, and may read as little as it likes', async () => {
    const large = 'x'.repeat(3_000_000);
    assert.deepEqual(await deliver(run('head -c 10 > "$DIR/out"'), large), { status: 'delivered' });
    assert.deepEqual(await deliver(run('exit 0'), large), { status: 'delivered' });
    assert.equal(file('out'), 'x'.repeat(10));
  });

  for (const [name, command, expected] of [
    [
      'EX_TEMPFAIL is temporary',
      'echo busy >&2; exit 75',
      {
        message: 'command:echo busy >&2; exit 75 failed with exit status 75: busy',
        transient: true,
        doubtful: false,
      },
    ],
    [
      'any other status is a refusal',
      'exit 3',
      { message: 'command:exit 3 failed with exit status 3', transient: false, doubtful: false },
    ],
    [
      'a command that does not exist is no message’s fault',
      'no-such-command-anywhere 2>/dev/null',
      {
        message: 'command:no-such-command-anywhere 2>/dev/null failed with exit status 127',
        scope: 'destination',
        transient: false,
        doubtful: false,
      },
    ],
    [
      'one that dies of a signal may have done its work',
      'kill -SEGV $$',
      { message: 'command:kill -SEGV $$ was ended by SIGSEGV', transient: false, doubtful: true },
    ],
  ] as const) {
    test(name, async () => {
      assert.deepEqual(errorOf(await deliver(run(command), content)), { scope: 'message', ...expected });
    });
  }

  test('one that the system will not start is said so, and is no message’s fault', async () => {
    const result = await deliver(run('true', { env: { LARGE: 'x'.repeat(3_000_000) } }), content);
    const { message, scope } = errorOf(result);
    assert.match(message, /cannot be run: spawn E2BIG/);
    assert.equal(scope, 'destination');
  });

  test('one that takes too long is ended, with all that it started', async () => {
    const command = 'sleep 60 & echo $! > "$DIR/pid"; wait';
    const result = errorOf(await deliver(run(command, { timeout: 1000, grace: 10_000 }), content));
    assert.match(result.message, /took longer than 1 s$/);
    assert.deepEqual([result.transient, result.doubtful], [true, true]);
    await ended(Number(file('pid')));
  });

  test('one that will not end on SIGTERM is killed', async () => {
    const command = 'trap "" TERM; echo $$ > "$DIR/pid"; sleep 60 & wait; wait';
    const result = errorOf(await deliver(run(command, { timeout: 1000, grace: 50 }), content));
    assert.match(result.message, /took longer/);
    await ended(Number(file('pid')));
  });

  test('what it leaves in the background does not hold it up', async () => {
    assert.deepEqual(await deliver(run('sleep 60 & echo $! > "$DIR/pid"'), content), { status: 'delivered' });
    // It is there still.
    process.kill(Number(file('pid')), 'SIGKILL');
  });

  test('learns the account and the unique-id, harmless even without quotes, and no secrets', async () => {
    const secrets = {
      POSTRIDER_PASSWORD: 'p4ss',
      POSTRIDER_TOKEN: 't0ken',
      POSTRIDER_TO_PASSWORD: 'p5ss',
      POSTRIDER_CLIENT_SECRET: 's3cret',
    };
    const uniqueId = '-rf $(touch x) `id`;\0\n*\'"é';
    await deliver(
      run('env > "$DIR/env"; cd "$DIR"; echo $POSTRIDER_UNIQUE_ID > id', { env: secrets }),
      content,
      {
        uniqueId,
        account: 'ann@pop.example.org',
      },
    );
    const env = file('env');
    assert.doesNotMatch(env, /p4ss|t0ken|p5ss|s3cret/);
    assert.match(env, /^POSTRIDER_ACCOUNT=ann@pop\.example\.org$/m);
    assert.match(env, /^POSTRIDER_MESSAGE_ID=[0-9a-f]{64}$/m);
    assert.match(env, new RegExp(`^POSTRIDER_OCTETS=${content.length}$`, 'm'));
    assert.match(file('id').trim(), /^%2Drf%20%24%28touch[A-Za-z0-9._@+=%-]*$/);
    assert.equal(decodeURIComponent(file('id').trim()), uniqueId);
    assert.deepEqual(readdirSync(folder).sort(), ['env', 'id']);
  });

  test('a long complaint is cut', async () => {
    const { message } = errorOf(
      await deliver(run('head -c 100000 /dev/zero | tr "\\0" e >&2; exit 1'), content),
    );
    assert.ok(message.length < 2200, String(message.length));
  });

  test('one that refuses a message stops no other, and gets that one again', async () => {
    const scene = await makeScene([message(1), message(2), message(3)]);
    try {
      const refusing =
        'cat > "$DIR/in"; grep -q "message 2" "$DIR/in" && exit 1; cat "$DIR/in" >> "$DIR/out"; exit 0';
      const first = await scene.collect({ destinations: [run(refusing, { name: 'command:x' })] });
      assert.deepEqual([first.result, first.retrieved, first.failed.length], ['partial', 2, 1]);
      const second = await scene.collect({ destinations: [run('cat >> "$DIR/out"', { name: 'command:x' })] });
      assert.deepEqual([second.result, second.retrieved], ['done', 1]);
      assert.equal(file('out'), [1, 3, 2].map((number) => message(number).replaceAll('\n', '\r\n')).join(''));
    } finally {
      await scene.close();
    }
  });

  test('a refusal leaves no doubt, and a temporary one is never given up', async () => {
    const scene = await makeScene([message(1)]);
    try {
      for (let count = 0; count < 5; count++) {
        const later = [run('exit 75', { name: 'command:x' })];
        const { failed, result } = await scene.collect({ destinations: later, onDoubt: 'hold' });
        assert.equal(result, 'partial');
        assert.match(failed[0]?.reason ?? '', /failed with exit status 75/);
        assert.equal(failed[0]?.setAside, false);
      }
      const { retrieved } = await scene.collect({ destinations: [run('exit 0', { name: 'command:x' })] });
      assert.equal(retrieved, 1);
    } finally {
      await scene.close();
    }
  });

  test('three refusals for good set it aside', async () => {
    const scene = await makeScene([message(1)]);
    try {
      const setAside: (boolean | undefined)[] = [];
      for (let count = 0; count < 3; count++) {
        const { failed } = await scene.collect({ destinations: [run('exit 1', { name: 'command:x' })] });
        setAside.push(failed[0]?.setAside);
      }
      assert.deepEqual(setAside, [false, false, true]);
    } finally {
      await scene.close();
    }
  });

  for (const onDoubt of ['hold', 'deliver'] as const) {
    test(`one that ended unclear: the next run will ${onDoubt} it`, async () => {
      const scene = await makeScene([message(1)]);
      try {
        const once = 'test -e "$DIR/out" || { cat > "$DIR/out"; kill -9 $$; }; cat > "$DIR/again"';
        const collect = (doubt: 'hold' | 'deliver') =>
          scene.collect({ destinations: [run(once, { name: 'command:x' })], onDoubt: doubt });
        assert.match((await collect(onDoubt)).failed[0]?.reason ?? '', /was ended by SIGKILL/);
        for (let count = 0; onDoubt === 'hold' && count < 4; count++) {
          const held = await collect('hold');
          assert.match(held.failed[0]?.reason ?? '', /command:x may have it already, .* it is held back/);
          assert.equal(held.failed[0]?.setAside, false);
          assert.deepEqual(readdirSync(folder), ['out']);
        }
        assert.deepEqual((await collect('deliver')).retrieved, 1);
        assert.deepEqual(readdirSync(folder).sort(), ['again', 'out']);
      } finally {
        await scene.close();
      }
    });
  }
});

// A process that was sent a signal is gone a moment later, or waits to be reaped.
async function ended(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
      if (/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

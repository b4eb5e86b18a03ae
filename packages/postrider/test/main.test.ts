import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { run } from '../src/main.ts';
import { startPostrider } from './support/start.ts';

const program = new URL('./support/program.ts', import.meta.url).pathname;
const node = `'${process.execPath}' --conditions=@postrider/source '${program}'`;

// A shell, as it is its redirections and pipes that make the difference.
const shell = (script: string): { status: number | null; stdout: string; stderr: string } =>
  spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', NO_COLOR: '1' },
  });

/** Opens a pipe for writing as soon as somebody reads it. */
async function openWhenRead(pipe: string): Promise<number> {
  for (;;) {
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      await setTimeout(20);
    }
  }
}

suite('the process', {
  skip: spawnSync('bash', ['--version']).error ? 'bash is not installed' : false,
}, () => {
  test('a full disk behind standard output', {
    skip: existsSync('/dev/full') ? false : '/dev/full is not there',
  }, () => {
    const { status, stderr } = shell(`${node} help security > /dev/full`);
    assert.equal(status, 74);
    assert.match(stderr, /^postrider: standard output cannot be written: ENOSPC[^\n]*\n$/);
  });

  test('a reader that goes away is no failure to speak of, and no success', () => {
    const { stdout, stderr } = shell(`{ ${node} completion bash; echo "$?" >&2; } | true`);
    assert.equal(stdout, '');
    assert.match(stderr, /^(?:141|0)\n$/);
  });

  test('a pipe that nobody writes to, in place of a password: enough signals end it', {
    timeout: 20_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pr-main-'));
    try {
      const pipe = join(folder, 'pipe');
      assert.equal(spawnSync('mkfifo', ['-m', '600', pipe]).status, 0);
      const { child, ended } = startPostrider(['status', 'h', 'u', '--password-file', pipe]);
      const writer = await openWhenRead(pipe);
      const timer = setInterval(() => child.kill('SIGINT'), 200);
      await ended;
      clearInterval(timer);
      closeSync(writer);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('standard error that is closed', () => {
    assert.equal(shell(`${node} status no.such.host.invalid u --password-command 'echo x' 2>&-`).status, 69);
  });
});

suite('a bug', () => {
  // A world whose terminal breaks: nothing in the program expects that.
  const broken = async (...words: string[]): Promise<{ code: number; stderr: string }> => {
    let stderr = '';
    const code = await run(words, {
      stdin: (async function* () {})(),
      stdout: {
        write: () => {
          throw new TypeError('the terminal is made of cheese');
        },
        once: () => undefined,
      },
      stderr: {
        write: (text) => {
          stderr += String(text);
          return true;
        },
        once: () => undefined,
      },
      env: {},
      prompter: {
        available: false,
        hidden: async () => '',
        line: async () => '',
        confirm: async () => false,
        choose: async () => Promise.reject(new Error('nobody is asked')),
      },
      signal: new AbortController().signal,
    });
    return { code, stderr };
  };

  test('is said in one sentence, with exit code 70', async () => {
    const { code, stderr } = await broken('help', 'security');
    assert.equal(code, 70);
    assert.equal(
      stderr,
      'postrider: this is a bug in Postrider: the terminal is made of cheese\nhint: Run it again with --verbose, and report what it prints.\n',
    );
  });

  test('shows its stack with --verbose', async () => {
    const { code, stderr } = await broken('help', 'security', '--verbose');
    assert.equal(code, 70);
    assert.match(stderr, /\n {4}at .*main\.test\.ts/);
  });
});

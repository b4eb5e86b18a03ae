import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, suite, test } from 'node:test';
import { Progress } from '../../src/collect/progress.ts';
import type { Io } from '../../src/io.ts';
import { Output } from '../../src/output/output.ts';

/** A terminal of so many columns, and what was written to it. */
function terminal(columns: number, options: { quiet?: boolean; json?: boolean; isTTY?: boolean } = {}) {
  const { quiet = false, json = false, isTTY = true } = options;
  let written = '';
  const write = (text: string | Uint8Array): boolean => {
    written += String(text);
    return true;
  };
  const io: Io = {
    stdin: (async function* () {})(),
    stdout: { write, once: () => undefined },
    stderr: { write, once: () => undefined, isTTY, columns },
    env: {},
    prompter: {
      available: false,
      hidden: async () => '',
      line: async () => '',
      confirm: async () => false,
      choose: () => Promise.reject(new Error('there is nobody')),
    },
    signal: new AbortController().signal,
  };
  const output = new Output(io, { json, quiet, verbose: false, color: 'never' });
  return { output, all: () => written, line: () => written.split('\r\x1b[K').at(-1) ?? '' };
}

const planned = (retrieve: number, octets: number) =>
  ({ type: 'planned', messages: retrieve, retrieve, octets, known: 0, delete: 0 }) as const;
const progress = (messages: number, octets: number) => ({ type: 'progress', messages, octets }) as const;

suite('the progress line', () => {
  let now = 0;
  beforeEach(() => {
    now = 0;
    mock.timers.enable({ apis: ['setInterval'] });
    mock.method(performance, 'now', () => now);
  });
  afterEach(() => mock.reset());

  test('messages, octets, rate and time left', () => {
    const { output, line } = terminal(100);
    const bar = new Progress(output, 1);
    bar.take('a', planned(10, 1_000_000));
    for (let step = 1; step <= 5; step++) {
      now = step * 1000;
      bar.take('a', progress(step, step * 100_000));
    }
    assert.equal(line(), '[==========>         ]  5/10 messages  500.0 kB  100.0 kB/s  0:05 left');
    bar.end();
    assert.equal(line(), '');
  });

  test('the rate falls while nothing comes', () => {
    const { output, line } = terminal(100);
    const bar = new Progress(output, 1);
    bar.take('a', planned(10, 10_000_000));
    now = 1000;
    bar.take('a', progress(1, 1_000_000));
    for (let step = 2; step <= 10; step++) {
      now = step * 1000;
      mock.timers.tick(1000);
    }
    assert.match(line(), / 1\/10 messages {2}1\.0 MB {2}100\.0 kB\/s {2}1:30 left$/);
    bar.end();
  });

  test('a further session goes on where the last one ended', () => {
    const { output, line } = terminal(100);
    const bar = new Progress(output, 1);
    bar.take('a', planned(10, 1000));
    now = 200;
    bar.take('a', progress(4, 400));
    now = 400;
    bar.take('a', planned(6, 600));
    now = 600;
    bar.take('a', progress(1, 100));
    assert.match(line(), /^\[==========> +\] {2}5\/10 messages {2}500 B/);
    bar.end();
  });

  test('several accounts are added up', () => {
    const { output, line } = terminal(100);
    const bar = new Progress(output, 3);
    bar.take('a', planned(10, 1000));
    bar.take('b', planned(30, 1000));
    bar.finish();
    now = 200;
    bar.take('b', progress(30, 1000));
    assert.match(line(), /^1\/3 accounts {2}\[==========> +\] {2}30\/40 messages {2}1\.0 kB/);
    bar.end();
  });

  test('is cut to the width of the terminal, with room for ^C', () => {
    const { output, line } = terminal(30);
    const bar = new Progress(output, 1);
    now = 200;
    bar.take('a', planned(10, 1000));
    assert.equal(line().length, 27);
    bar.end();
  });

  test('other lines go by above it', () => {
    const { output, all } = terminal(60);
    output.showStatus('[status]');
    output.warn('look');
    output.print('a result');
    output.showStatus(undefined);
    const erase = '\r\x1b[K';
    assert.equal(all(), `${erase}[status]${erase}warning: look\n[status]${erase}a result\n[status]${erase}`);
  });

  for (const options of [{ quiet: true }, { json: true }, { isTTY: false }]) {
    test(`not with ${JSON.stringify(options)}`, () => {
      const { output, all } = terminal(100, options);
      const bar = new Progress(output, 1);
      now = 200;
      bar.take('a', planned(10, 1000));
      bar.end();
      assert.equal(all(), '');
    });
  }
});

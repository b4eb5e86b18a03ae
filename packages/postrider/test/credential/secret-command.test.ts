import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { readFromCommand } from '../../src/credential/secret-command.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pr-command-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const terminal = (() => {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return 'on a terminal, Ctrl-C ends what a command started';
  } catch {
    return false;
  }
})();

function runs(pid: number): boolean {
  try {
    // A zombie has ended; nobody may be there to ask for it.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

suite('a command that does not end', () => {
  test('is ended after its time, with all that it started', { skip: terminal, timeout: 10_000 }, async () => {
    const { signal } = new AbortController();
    const file = join(folder, 'pid');
    const command = `sleep 60 & echo $! >'${file}'; wait`;
    await assert.rejects(readFromCommand(command, '--password-command', { signal, milliseconds: 300 }), {
      message: 'the command of --password-command did not end within 0.3 seconds',
      exitCode: 74,
    });
    const pid = Number(readFileSync(file, 'utf8'));
    while (runs(pid)) await setTimeout(10);
  });

  test('is left where the user wants out, before and while it runs', async () => {
    const reason = new DOMException('interrupted', 'AbortError');
    const running = new AbortController();
    const reading = readFromCommand('sleep 10', '--password-command', { signal: running.signal });
    running.abort(reason);
    await assert.rejects(reading, (error) => error === reason);
    await assert.rejects(
      readFromCommand('sleep 10', '--password-command', { signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
  });

  test('prints UTF-8, or fails', async () => {
    const { signal } = new AbortController();
    await assert.rejects(readFromCommand("printf 'p\\344ssword\\n'", '--password-command', { signal }), {
      exitCode: 74,
      message: /printed something that is not UTF-8/,
    });
  });
});

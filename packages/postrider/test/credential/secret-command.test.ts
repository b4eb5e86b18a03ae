import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readFromCommand } from '../../src/credential/secret-command.ts';

suite('a command that does not end', () => {
  test('is left after its time, though what it started lives on', async () => {
    const { signal } = new AbortController();
    await assert.rejects(
      readFromCommand('sleep 10 & wait', '--password-command', { signal, milliseconds: 100 }),
      {
        message: 'the command of --password-command did not end within 0.1 seconds',
        exitCode: 74,
      },
    );
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
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { isRunning, processName } from '../../src/destination/process.ts';

const noProc = !existsSync('/proc/self/stat') && 'there is no /proc';
const [host = ''] = processName.split('-');

/** State and start of a process (proc(5)). */
function statOf(pid: number): { readonly state: string; readonly start: string } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', start: fields[19] ?? '' };
}

suite('a process by its name', () => {
  test('this one runs; one with its number and another start does not', () => {
    assert.equal(isRunning(processName), true);
    assert.equal(isRunning(`${processName}1`), false);
  });

  test('nobody can tell for another machine', () => {
    assert.equal(isRunning(`${host === '00000000' ? '11111111' : '00000000'}-1-1`), undefined);
  });

  test('one that was killed, and whose parent has not asked for it yet, does not run', {
    skip: noProc,
  }, async () => {
    // What `exec` puts in the shell's place asks for no child.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(String(line));
      const name = `${host}-${pid}-${statOf(pid).start}`;
      assert.equal(isRunning(name), true);
      process.kill(pid, 'SIGKILL');
      while (statOf(pid).state !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(isRunning(name), false);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { after, before, suite, test } from 'node:test';
import { startMaildrop, type TestMaildrop } from './support/maildrop.ts';

const program = new URL('./support/program.ts', import.meta.url).pathname;
const hasTerminals = /util-linux/.test(spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '');

/** The program on a terminal of its own, and what is typed once it has asked something. */
async function onTerminal(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  type: (keys: (text: string) => void, child: ChildProcess, processId: string) => void,
): Promise<{ code: number | null; shown: string }> {
  const command = [process.execPath, '--conditions=@postrider/source', program, ...words]
    .map((word) => `'${word}'`)
    .join(' ');
  const child = spawn('script', ['-qec', `echo pid $$; exec ${command}`, '/dev/null'], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', SHELL: '/bin/sh', NO_COLOR: '1', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => {});
  let shown = '';
  let asked = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    const processId = /^pid (\d+)/.exec(shown)?.[1];
    if (asked || processId === undefined || !shown.includes('(y/N)')) return;
    asked = true;
    type((keys) => child.stdin.write(keys), child, processId);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, shown };
}

suite('a question on a terminal', {
  skip: hasTerminals ? false : 'script of util-linux is not installed',
}, () => {
  let server: TestMaildrop;
  before(async () => {
    server = await startMaildrop(['Subject: one\n\n1\n']);
  });
  after(() => server.close());

  test('Ctrl-D ends it', async () => {
    const { code, shown } = await onTerminal(['delete', ...server.words, '1'], server.env, (keys) =>
      keys('\x04'),
    );
    assert.equal(code, 130, shown);
    assert.match(shown, /postrider: interrupted/);
    assert.equal(server.maildrop.messages.length, 1);
  });

  test('it is answered after Ctrl-Z and coming back', async () => {
    const { code, shown } = await onTerminal(
      ['delete', ...server.words, '1'],
      server.env,
      (keys, child, processId) => {
        keys('\x1a');
        // Nobody tells when it has stopped: it is woken, and answered, until it has heard.
        const again = setInterval(() => {
          spawnSync('kill', ['-CONT', processId]);
          keys('\r');
        }, 50);
        child.once('exit', () => clearInterval(again));
      },
    );
    assert.equal(code, 0, shown);
    assert.match(shown, /Nothing was deleted\./);
  });
});

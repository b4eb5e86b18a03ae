import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { commands } from '../../../src/flag/registry.ts';
import { completionScript, shells } from '../../../src/help/completion/index.ts';

const missing = (shell: string): string | false =>
  spawnSync(shell, ['--version']).error === undefined ? false : `${shell} is not installed`;

suite('completions', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-complete-'));
    for (const shell of shells)
      writeFileSync(join(folder, `script.${shell}`), completionScript(shell, commands));
    // Stands in for the program, which the scripts ask for the names of accounts.
    const program = join(folder, 'postrider');
    writeFileSync(program, "#!/bin/sh\nprintf 'Account  Host\\nhome  h\\nwork  w\\n'\n");
    chmodSync(program, 0o755);
    writeFileSync(join(folder, 'ca one.pem'), '');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const env = (): NodeJS.ProcessEnv => ({
    ...process.env,
    HOME: folder,
    PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
  });
  const output = (shell: string, ...words: string[]): string => {
    const { status, stdout, stderr } = spawnSync(shell, words, { cwd: folder, env: env(), encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(status, 0);
    return stdout;
  };

  for (const shell of shells) {
    test(`the script for ${shell} parses`, { skip: missing(shell) }, () => {
      assert.equal(output(shell, '-n', join(folder, `script.${shell}`)), '');
    });
  }

  type Row = readonly [typed: string, offered: readonly string[]];
  const rows: readonly Row[] = [
    ['st', ['status']],
    ['accounts ', ['add', 'remove', 'test']],
    ['ledger ', ['import', 'retry', 'show']],
    ['accounts add --sec', ['--security']],
    ['accounts add --security ', ['none', 'starttls', 'tls']],
    ['status ', ['home', 'work']],
    ['status w', ['work']],
    ['status --color ', ['always', 'auto', 'never']],
    ['completion ', ['bash', 'fish', 'zsh']],
    ['status --ca ca', ['ca one.pem']],
    ['status --port ', []],
  ];

  test('bash offers what fits', { skip: missing('bash') }, () => {
    for (const [typed, offered] of rows) {
      const words = ['postrider', ...typed.split(' ')];
      const script = `source script.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _postrider 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const found = output('bash', '--norc', '-c', script, 'bash', ...words)
        .split('\n')
        .filter(Boolean);
      assert.deepEqual(found.sort(), offered, typed);
    }
  });

  test('bash takes --flag=value apart, and so does the script', { skip: missing('bash') }, () => {
    const script = `source script.bash; COMP_WORDS=(postrider status --security = st); COMP_CWORD=4; _postrider; printf '%s\\n' "\${COMPREPLY[@]}"`;
    assert.equal(output('bash', '--norc', '-c', script), 'starttls\n');
  });

  test('zsh takes --flag=value, and -fvalue', () => {
    const script = completionScript('zsh', commands);
    assert.match(script, /^ +'--ca=\[/m);
    assert.match(script, /^ +'\(-p --port\)'\{-p\+,--port=\}'\[/m);
    assert.match(script, /^ +'--json\[/m);
  });

  test('fish offers what fits', { skip: missing('fish') }, () => {
    for (const [typed, offered] of rows) {
      const found = output(
        'fish',
        '--no-config',
        '-c',
        'source script.fish; complete -C "$argv[1]"',
        `postrider ${typed}`,
      )
        .split('\n')
        .map((line) => line.split('\t')[0]?.replaceAll('\\', '') ?? '')
        .filter(Boolean);
      assert.deepEqual(found.sort(), offered, typed);
    }
  });
});

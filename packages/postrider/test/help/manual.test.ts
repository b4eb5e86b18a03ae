import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { suite, test } from 'node:test';
import { commandName } from '../../src/flag/definition.ts';
import { commands } from '../../src/flag/registry.ts';
import { manualPage } from '../../src/help/manual.ts';

const page = manualPage(commands, '1.2.3');
const man = spawnSync('man', ['--version']);

suite('the man page', () => {
  test('has every command and every flag', () => {
    for (const command of commands) {
      assert.ok(page.includes(`.SS ${commandName(command)}\n`));
      for (const { name } of command.groups.flatMap(({ flags }) => flags))
        assert.ok(page.includes(`\\-\\-${name.replaceAll('-', '\\-')}`), name);
    }
  });

  test('has no line that roff would take for a request', () => {
    const requests = /^\.(?:TH|SH|SS|TP|PP|B|I|br|RS|RE|EX|EE)\b/;
    for (const line of page.split('\n').filter((one) => /^[.']/.test(one))) assert.match(line, requests);
  });

  test('man has nothing to say against it', { skip: man.error ? 'man is not installed' : false }, () => {
    const { status, stderr, stdout } = spawnSync('man', ['--warnings', '-l', '-'], {
      input: page,
      encoding: 'utf8',
      env: { ...process.env, MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
    });
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
    assert.match(stdout, /EXIT STATUS/);
  });
});

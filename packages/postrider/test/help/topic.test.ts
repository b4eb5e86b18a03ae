import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { exitCodes } from '../../src/failure/index.ts';
import { commandName } from '../../src/flag/definition.ts';
import { commands } from '../../src/flag/registry.ts';
import { topicNames } from '../../src/flag/topic-name.ts';
import { topics } from '../../src/help/topic.ts';
import { postrider } from '../support/run.ts';

suite('postrider help', () => {
  test('the help of the program fits, too', async () => {
    const { stdout } = await postrider(['help']);
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 80),
      [],
    );
  });

  test('every page has its name, and every name its page', () => {
    assert.deepEqual(topics.map(({ name }) => name).sort(), [...topicNames].sort());
  });

  const subjects = [...topicNames, ...commands.map(commandName), 'ledger'];
  for (const subject of subjects) {
    test(`${subject}: fits a terminal of 80 columns`, async () => {
      const { code, stdout, stderr } = await postrider(['help', ...subject.split(' ')]);
      assert.equal(code, 0, stderr);
      const long = stdout.split('\n').filter((line) => line.length > 80 && !/^ {2}postrider /.test(line));
      assert.deepEqual(long, []);
    });
  }

  test('without a subject, and with --help, the program is explained', async () => {
    const help = await postrider(['help']);
    for (const command of commands)
      assert.match(help.stdout, new RegExp(`^ {2}${commandName(command)} `, 'm'));
    for (const name of topicNames) assert.match(help.stdout, new RegExp(`\\b${name}\\b`));
    for (const words of [[], ['--help'], ['-h']])
      assert.deepEqual((await postrider(words)).stdout, help.stdout);
  });

  for (const command of commands) {
    const name = commandName(command);
    test(`${name} --help has usage, examples and every flag`, async () => {
      const { code, stdout } = await postrider([...command.path, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^Usage: postrider ${name}`));
      assert.match(stdout, /^Examples:\n {2}\S/m);
      for (const flag of command.groups.flatMap(({ flags }) => flags))
        assert.match(stdout, new RegExp(`--${flag.name}\\b`));
      assert.equal((await postrider(['help', ...command.path])).stdout, stdout);
    });
  }

  test('a group of commands is explained, too', async () => {
    for (const words of [
      ['ledger', '--help'],
      ['ledger', '-h'],
      ['help', 'ledger'],
    ])
      assert.match(
        (await postrider(words)).stdout,
        /^Usage: postrider ledger COMMAND\n\nCommands:\n {2}ledger show /,
      );
    assert.match((await postrider(['help', 'accounts'])).stdout, /More commands:\n {2}accounts add /);
  });

  test('exit-codes names every code', async () => {
    const { stdout } = await postrider(['help', 'exit-codes']);
    for (const [code, meaning] of exitCodes) assert.ok(stdout.includes(`${code}  ${meaning}`), String(code));
  });

  test('what is nearly a subject is suggested', async () => {
    const { code, stderr } = await postrider(['help', 'exit-code']);
    assert.equal(code, 64);
    assert.match(stderr, /Did you mean 'exit-codes'\?/);
  });

  test('--version', async () => {
    assert.match((await postrider(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
  });
});

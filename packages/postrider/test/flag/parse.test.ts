import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { toFlag } from '../../src/flag/collect.ts';
import { portFlag, traceFlag } from '../../src/flag/connection.ts';
import { type CommandDefinition, commandName, type Invocation } from '../../src/flag/definition.ts';
import { jsonFlag, quietFlag, verboseFlag } from '../../src/flag/general.ts';
import { parseCommandLine } from '../../src/flag/parse.ts';
import { commands } from '../../src/flag/registry.ts';

function invoke(...words: string[]): Invocation {
  const parsed = parseCommandLine(words, commands);
  assert.equal(parsed.type, 'command');
  assert.ok(parsed.type === 'command');
  return parsed.invocation;
}

suite('the command line', () => {
  const ports: readonly (readonly string[])[] = [
    ['status', 'h', 'u', '--port', '110'],
    ['status', 'h', 'u', '--port=110'],
    ['status', 'h', 'u', '-p', '110'],
    ['status', 'h', 'u', '-p110'],
    ['status', '--port', '110', 'h', 'u'],
    ['status', 'h', '--port', '995', '--port', '110', 'u'],
  ];
  for (const words of ports) {
    test(words.join(' '), () => {
      const invocation = invoke(...words);
      assert.equal(invocation.get(portFlag), 110);
      assert.deepEqual(invocation.arguments, ['h', 'u']);
    });
  }

  test('switches, also together', () => {
    const invocation = invoke('status', 'h', 'u', '-qv', '--json');
    assert.deepEqual(
      [quietFlag, verboseFlag, jsonFlag].map((flag) => invocation.get(flag)),
      [true, true, true],
    );
    assert.equal(invoke('status', 'h', 'u').get(jsonFlag), false);
  });

  test('flags that can be repeated keep their order', () => {
    assert.deepEqual(invoke('collect', 'h', 'u', '-t', 'eml:b', '--to', 'eml:a').get(toFlag), [
      'eml:b',
      'eml:a',
    ]);
  });

  test('a value that may be left out', () => {
    assert.equal(invoke('status', 'h', 'u').get(traceFlag), undefined);
    assert.equal(invoke('status', 'h', 'u', '--trace').get(traceFlag), '');
    assert.equal(invoke('status', 'h', 'u', '--trace', 'file').get(traceFlag), 'file');
  });

  test('what stands behind -- is no flag', () => {
    assert.deepEqual(invoke('status', '--', 'h', '-u').arguments, ['h', '-u']);
  });

  test('the longest name of a command wins', () => {
    assert.equal(commandName(invoke('accounts').definition), 'accounts');
    assert.equal(commandName(invoke('accounts', 'test', 'x').definition), 'accounts test');
  });

  test('a flag that the command does not have reads as though it was not given', () => {
    assert.deepEqual(invoke('serve', 'd').get(toFlag), []);
  });
});

suite('the definitions', () => {
  const flagsOf = ({ groups }: CommandDefinition) => groups.flatMap(({ flags }) => flags);
  for (const command of commands) {
    test(`${commandName(command)}: no two flags share a name or a letter`, () => {
      const names = flagsOf(command).map(({ name }) => name);
      const letters = flagsOf(command).flatMap(({ short }) => (short === undefined ? [] : [short]));
      assert.equal(new Set(names).size, names.length);
      assert.equal(new Set(letters).size, letters.length);
    });
    test(`${commandName(command)}: can be loaded, and its examples can be typed`, async () => {
      assert.equal(typeof (await command.load()).run, 'function');
      for (const { command: line } of command.examples) {
        const start = line.indexOf('postrider ');
        assert.ok(start >= 0, line);
        const words = line
          .slice(start + 10)
          .replace(/ [<>|].*$/, '')
          .replace(/\)$/, '');
        const unquoted = [...words.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
          ([, a, b, c]) => a ?? b ?? c ?? '',
        );
        assert.equal(commandName(invoke(...unquoted).definition), commandName(command), line);
      }
    });
  }

  test('a flag means the same kind of thing everywhere', () => {
    const kinds = new Map<string, boolean>();
    for (const { name, value } of commands.flatMap(flagsOf)) {
      assert.equal(kinds.get(name) ?? value !== undefined, value !== undefined, name);
      kinds.set(name, value !== undefined);
    }
  });
});

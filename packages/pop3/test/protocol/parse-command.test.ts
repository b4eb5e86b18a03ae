import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { parseCommand, Secret } from '../../src/protocol/index.ts';

/** The command with its secrets revealed, or the reason why it is none. */
function parse(line: string): unknown {
  const parsed = parseCommand(line);
  if (!('keyword' in parsed)) return parsed.reason;
  const fields = Object.entries(parsed).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    fields.map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]),
  );
}

suite('a command line that a client sent', () => {
  const lines: readonly (readonly [line: string, expected: unknown])[] = [
    ['stat', { keyword: 'STAT' }],
    ['STAT ', { keyword: 'STAT' }],
    ['STAT 1', 'syntax'],
    ['', 'unknown'],
    [' STAT', 'unknown'],
    ['RPOP ann', 'unknown'],
    ['XYZZY', 'unknown'],
    ['__proto__', 'unknown'],
    ['USER ann', { keyword: 'USER', name: 'ann' }],
    ['USER', 'syntax'],
    ['USER  ', 'syntax'],
    ['PASS  two words ', { keyword: 'PASS', password: ' two words ' }],
    ['PASS', { keyword: 'PASS', password: '' }],
    ['APOP ann 0123', { keyword: 'APOP', name: 'ann', digest: '0123' }],
    ['APOP ann', 'syntax'],
    ['APOP ann 0 1', 'syntax'],
    ['AUTH', 'syntax'],
    ['AUTH plain', { keyword: 'AUTH', mechanism: 'PLAIN' }],
    ['AUTH PLAIN AGEAYg==', { keyword: 'AUTH', mechanism: 'PLAIN', initialResponse: 'AGEAYg==' }],
    ['AUTH PLAIN a b', 'syntax'],
    ['LIST', { keyword: 'LIST' }],
    ['LIST 2', { keyword: 'LIST', messageNumber: 2 }],
    ['LIST 0', 'syntax'],
    ['LIST 1 2', 'syntax'],
    ['UIDL x', 'syntax'],
    ['RETR', 'syntax'],
    ['RETR 1', { keyword: 'RETR', messageNumber: 1 }],
    ['RETR -1', 'syntax'],
    ['RETR 18446744073709551617', 'syntax'],
    ['DELE 1.0', 'syntax'],
    ['TOP 1 0', { keyword: 'TOP', messageNumber: 1, lines: 0 }],
    ['TOP 1', 'syntax'],
    ['TOP 0 1', 'syntax'],
    ['TOP 1 -1', 'syntax'],
    ['LANG', { keyword: 'LANG' }],
    ['LANG *', { keyword: 'LANG', tag: '*' }],
    ['LANG a b', 'syntax'],
    ['QUIT now', 'syntax'],
  ];
  for (const [line, expected] of lines) {
    test(`${JSON.stringify(line)}: ${typeof expected === 'string' ? expected : 'a command'}`, () => {
      assert.deepEqual(parse(line), expected);
    });
  }
});

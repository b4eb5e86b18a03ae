import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { DialogueError, parseDialogue, playDialogue, type Role } from '../../src/testing/index.ts';

/** The error of a dialogue that cannot be read, or does not go as it says. */
function failure(text: string, role?: Role): DialogueError {
  try {
    const dialogue = parseDialogue(text, 'x.dialogue');
    if (role !== undefined) playDialogue(dialogue, { role });
  } catch (error) {
    assert.ok(error instanceof DialogueError, String(error));
    return error;
  }
  return assert.fail('it went as it says');
}

suite('a dialogue that cannot be read', () => {
  const rows: readonly (readonly [name: string, text: string, line: number, message: RegExp])[] = [
    ['without octets', '# nothing\n= greeting +OK\n', 1, /nobody says anything/],
    ['with a line of no kind', 'S: +OK\nX: what\n', 2, /begins with/],
    ['with a mark and no space', 'S:+OK\n', 1, /begins with/],
    ['with an escape that is none', 'S: \\q\n', 1, /is no escape/],
    ['with an expectation of nothing there is', 'S: +OK\n= surprise\n', 2, /nothing to expect/],
    ['with a field that has no place', 'S: +OK\n= greeting +OK octets=3\n', 2, /no place/],
    ['with an unknown directive', 'S: +OK\n! sing\n', 2, /no directive/],
    ['with an unknown quirk', '! quirk leniency\nS: +OK\n', 1, /there are these quirks/],
    ['with a quirk that cannot be that', '! quirk statusLowerCase detect\nS: +OK\n', 1, /"on" or "off"/],
    ['with an unknown limit', '! limit patience 3\nS: +OK\n', 1, /there are these limits/],
    ['with a limit that is none', '! limit listingLines many\nS: +OK\n', 1, /whole number/],
    ['with a head in the middle', 'S: +OK\n! role client\n', 2, /before everything else/],
    ['with a role of its own', '! role bystander\nS: +OK\n', 1, /role client/],
  ];
  for (const [name, text, line, message] of rows) {
    test(name, () => {
      const error = failure(text);
      assert.equal(error.line, line);
      assert.equal(error.file, 'x.dialogue');
      assert.match(error.message, new RegExp(`^x\\.dialogue:${line}: .*${message.source}`));
    });
  }
});

suite('a dialogue that does not go as it says', () => {
  const rows: readonly (readonly [name: string, text: string, role: Role, line: number, message: RegExp])[] =
    [
      [
        'another event',
        'S: +OK hi\n= greeting -ERR\n',
        'client',
        2,
        /expected: greeting -ERR\n {2}actual: {3}greeting status=\+OK/,
      ],
      ['another field', 'S: +OK hi\n= greeting +OK "ho"\n', 'client', 2, /text=hi/],
      [
        'an event that nobody expected',
        'S: +OK hi\nC: CAPA\nS: +OK\nS: A\nS: .\n= response +OK\n',
        'client',
        6,
        /nobody expected this event/,
      ],
      [
        'an event left over before an error',
        'S: +OK\nC: CAPA\nS: +OK\nS: A\nS: B\\n\\\n= response +OK\n= error ERR_POP3_REMOTE_PROTOCOL\n',
        'client',
        7,
        /nobody expected this event/,
      ],
      ['an error that nobody expected', 'S: hello\n', 'client', 1, /nobody expected this error/],
      ['no error', 'S: +OK\n= error ERR_POP3_LIMIT\n', 'client', 2, /actual: {3}nothing/],
      ['nothing', 'S: +OK\n= nothing\n', 'client', 2, /actual: {3}greeting/],
      ['another state', 'S: +OK\n= state TRANSACTION\n', 'client', 2, /state=AUTHORIZATION/],
      ['what no client writes', 'S: +OK\nC: XYZZY\n', 'client', 2, /no client of ours writes this/],
      ['what our client writes in another way', 'S: +OK\nC: stls\n', 'client', 2, /writes something else/],
      ['what no server says', 'S: hello\n', 'server', 1, /no server of ours says this/],
      [
        'what our server writes in another way',
        'S: -ERR [in-use] no\n',
        'server',
        1,
        /writes something else/,
      ],
      ['another command', 'S: +OK\nC: QUIT\n= command STAT\nS: +OK\n', 'server', 3, /line=QUIT/],
      ['a role that it is not for', '! role client\nS: +OK\n', 'server', 1, /not for a server/],
    ];
  for (const [name, text, role, line, message] of rows) {
    test(`${name} (as a ${role})`, () => {
      const error = failure(text, role);
      assert.equal(error.line, line, error.message);
      assert.match(error.message, message);
    });
  }

  test('the error shows what came before', () => {
    const { message } = failure('S: +OK hi\nC: STLS\nS: +OK\n= response -ERR\n', 'client');
    assert.match(message, /before that:\n.*client sees greeting/);
    assert.match(message, /client writes STLS\\r\\n/);
  });

  test('a transcript is what a play gives', () => {
    const dialogue = parseDialogue('S: +OK hi\nC: QUIT\nS: +OK\n');
    assert.deepEqual(playDialogue(dialogue, { role: 'client' }), [
      'client sees greeting status=+OK text=hi line="+OK hi"',
      'client writes QUIT\\r\\n',
      'client sees response status=+OK text="" line=+OK',
    ]);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  type Command,
  describeCommand,
  encodeCommand,
  LocalProtocolError,
  maximumCommandOctets,
  secret,
} from '../../src/protocol/index.ts';

suite('a command', () => {
  const lines: readonly (readonly [line: string, command: Command, described?: string])[] = [
    ['CAPA', { keyword: 'CAPA' }],
    ['STLS', { keyword: 'STLS' }],
    ['UTF8', { keyword: 'UTF8' }],
    ['STAT', { keyword: 'STAT' }],
    ['NOOP', { keyword: 'NOOP' }],
    ['RSET', { keyword: 'RSET' }],
    ['QUIT', { keyword: 'QUIT' }],
    ['USER ann', { keyword: 'USER', name: 'ann' }],
    ['USER two words', { keyword: 'USER', name: 'two words' }],
    ['PASS  a pass word ', { keyword: 'PASS', password: secret(' a pass word ') }, 'PASS [secret]'],
    ['PASS ', { keyword: 'PASS', password: secret('') }, 'PASS [secret]'],
    ['PASS \xc3\xa4', { keyword: 'PASS', password: secret('ä') }, 'PASS [secret]'],
    ['PASS \xe4', { keyword: 'PASS', password: secret(Uint8Array.of(0xe4)) }, 'PASS [secret]'],
    ['APOP ann c4c9', { keyword: 'APOP', name: 'ann', digest: secret('c4c9') }, 'APOP ann [secret]'],
    ['AUTH CRAM-MD5', { keyword: 'AUTH', mechanism: 'CRAM-MD5' }],
    [
      'AUTH PLAIN AGEAYg==',
      { keyword: 'AUTH', mechanism: 'PLAIN', initialResponse: secret('AGEAYg==') },
      'AUTH PLAIN [secret]',
    ],
    [
      'AUTH EXTERNAL =',
      { keyword: 'AUTH', mechanism: 'EXTERNAL', initialResponse: secret('=') },
      'AUTH EXTERNAL [secret]',
    ],
    ['LIST', { keyword: 'LIST' }],
    ['LIST 3', { keyword: 'LIST', messageNumber: 3 }],
    ['UIDL', { keyword: 'UIDL' }],
    ['UIDL 3', { keyword: 'UIDL', messageNumber: 3 }],
    ['RETR 3', { keyword: 'RETR', messageNumber: 3 }],
    ['DELE 3', { keyword: 'DELE', messageNumber: 3 }],
    ['TOP 3 0', { keyword: 'TOP', messageNumber: 3, lines: 0 }],
    ['LANG', { keyword: 'LANG' }],
    ['LANG de-CH', { keyword: 'LANG', tag: 'de-CH' }],
  ];
  for (const [line, command, described = line] of lines) {
    test(`${line}, shown as ${described}`, () => {
      assert.equal(Buffer.from(encodeCommand(command)).toString('latin1'), `${line}\r\n`);
      assert.equal(describeCommand(command), described);
    });
  }

  const refused: readonly (readonly [name: string, command: Command])[] = [
    ...['\r', '\n', '\0', '\r\nDELE 1'].flatMap((octets): (readonly [string, Command])[] => [
      [`USER with ${JSON.stringify(octets)}`, { keyword: 'USER', name: `a${octets}b` }],
      [`PASS with ${JSON.stringify(octets)}`, { keyword: 'PASS', password: secret(`a${octets}b`) }],
      [`APOP with ${JSON.stringify(octets)}`, { keyword: 'APOP', name: `a${octets}b`, digest: secret('0') }],
      [`AUTH with ${JSON.stringify(octets)}`, { keyword: 'AUTH', mechanism: `PLAIN${octets}` }],
      [
        `an initial response with ${JSON.stringify(octets)}`,
        { keyword: 'AUTH', mechanism: 'PLAIN', initialResponse: secret(`AA${octets}`) },
      ],
      [`LANG with ${JSON.stringify(octets)}`, { keyword: 'LANG', tag: `de${octets}` }],
    ]),
    ['octets of a password with CR', { keyword: 'PASS', password: secret(Uint8Array.of(97, 13)) }],
    [
      'an initial response that is not base64',
      { keyword: 'AUTH', mechanism: 'PLAIN', initialResponse: secret('a b') },
    ],
    [
      'an initial response that is empty',
      { keyword: 'AUTH', mechanism: 'PLAIN', initialResponse: secret('') },
    ],
    ['USER without a name', { keyword: 'USER', name: '' }],
    ['APOP with a space in the name', { keyword: 'APOP', name: 'two words', digest: secret('0') }],
    ['AUTH without a mechanism', { keyword: 'AUTH', mechanism: '' }],
    ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53].map(
      (number): readonly [string, Command] => [`RETR ${number}`, { keyword: 'RETR', messageNumber: number }],
    ),
    ['TOP with -1 lines', { keyword: 'TOP', messageNumber: 1, lines: -1 }],
    ['LIST 0', { keyword: 'LIST', messageNumber: 0 }],
  ];
  for (const [name, command] of refused) {
    test(`${name} is refused, and its secret shows nowhere`, () => {
      assert.throws(
        () => encodeCommand(command),
        (error) => {
          assert.ok(error instanceof LocalProtocolError);
          assert.equal(error.fatal, false);
          assert.doesNotMatch(`${error.message} ${error.command}`, /[\r\n\0]|a b|AA/);
          return true;
        },
      );
    });
  }

  test(`${maximumCommandOctets} octets with CRLF are the most (RFC 2449 section 4)`, () => {
    const name = 'x'.repeat(maximumCommandOctets - 'USER \r\n'.length);
    assert.equal(encodeCommand({ keyword: 'USER', name }).length, 255);
    assert.throws(() => encodeCommand({ keyword: 'USER', name: `${name}x` }), /256 octets.*255/);
    // What counts is octets, not characters.
    assert.throws(() => encodeCommand({ keyword: 'USER', name: `${name.slice(1)}ä` }), /256 octets/);
  });

  test('what a terminal would obey is shown escaped', () => {
    assert.equal(describeCommand({ keyword: 'USER', name: 'a\x1b[2J\u202e' }), 'USER a\\x1b[2J\\u{202e}');
    assert.equal(describeCommand({ keyword: 'AUTH', mechanism: '\x07' }), 'AUTH \\x07');
  });
});

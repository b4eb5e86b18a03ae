import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { startScriptedServer } from '@postrider/pop3/testing';
import { postrider, type Ran } from '../support/run.ts';

type Answers = Readonly<Record<string, string>>;

const usual: Answers = {
  CAPA: '+OK\r\nUSER\r\nUIDL\r\nTOP\r\n.\r\n',
  LIST: '+OK\r\n1 10\r\n2 20\r\n.\r\n',
  UIDL: '+OK\r\n1 a\r\n2 b\r\n.\r\n',
  'LIST 1': '+OK 1 10\r\n',
  'UIDL 1': '+OK 1 a\r\n',
  'TOP 1 0': '+OK\r\nSubject: one\r\n\r\n.\r\n',
};

async function at(
  answers: Answers,
  command: string,
  ...words: string[]
): Promise<Ran & { received: string }> {
  await using server = await startScriptedServer(async (peer) => {
    await peer.send('+OK ready\r\n');
    await peer.answer((line) => answers[line] ?? usual[line] ?? '+OK\r\n');
  });
  const place = [
    '127.0.0.1',
    'u',
    '--port',
    String(server.port),
    '--security',
    'none',
    '--allow-cleartext-password',
  ];
  const ran = await postrider([command, ...place, ...words], { POSTRIDER_PASSWORD: 'a secret word' });
  return { ...ran, received: server.received };
}

suite('a server that contradicts itself', () => {
  const rows: readonly (readonly [what: string, answers: Answers, listed: unknown, says: RegExp])[] = [
    [
      'lists a message twice',
      { LIST: '+OK\r\n1 10\r\n2 20\r\n2 30\r\n.\r\n' },
      [
        [1, 10, 'a'],
        [2, 20, 'b'],
      ],
      /warning: the server lists message 2 more than once\n/,
    ],
    [
      'gives a message two unique-ids',
      { UIDL: '+OK\r\n1 a\r\n1 x\r\n2 b\r\n.\r\n' },
      [
        [1, 10, null],
        [2, 20, 'b'],
      ],
      /warning: the server gives message 1 more than one unique-id\n/,
    ],
    [
      'lacks a unique-id, and has one too many',
      { UIDL: '+OK\r\n1 a\r\n7 x\r\n9 y\r\n.\r\n' },
      [
        [1, 10, 'a'],
        [2, 20, null],
      ],
      /gives message 2 no unique-id\nwarning: .* for 2 messages that it does not list, such as message 7\n/,
    ],
    [
      'sends lines that are none',
      { LIST: `+OK\r\n1 10\r\n${'2 twenty\r\n'.repeat(1000)}.\r\n`, UIDL: '-ERR\r\n' },
      [[1, 10, null]],
      /^note:[^\n]*\nwarning: 1000 lines of the server's listings are malformed, such as line 2: 2 twenty\n$/,
    ],
  ];
  for (const [what, answers, listed, says] of rows) {
    test(`${what}: list says so once, and its exit code is 65`, async () => {
      const { code, stdout, stderr } = await at(answers, 'list', '--json');
      assert.match(stderr, says);
      assert.equal(code, 65);
      const messages: { messageNumber: number; octets: number; uniqueId: string | null }[] =
        JSON.parse(stdout);
      assert.deepEqual(
        messages.map(({ messageNumber, octets, uniqueId }) => [messageNumber, octets, uniqueId]),
        listed,
      );
    });
  }

  test('nothing is deleted by a unique-id that the message does not have', async () => {
    const { code, stderr, received } = await at(
      { 'UIDL 1': '+OK 1 x\r\n' },
      'delete',
      '--unique-id',
      'a',
      '--yes',
    );
    assert.equal(code, 65);
    assert.match(stderr, /message 1 has the unique-id 'a', and 'x'\nhint: .* None was deleted\./);
    assert.doesNotMatch(received, /DELE|QUIT/);
  });
});

suite('a server that does not delete', () => {
  test('DELE is refused: none was deleted', async () => {
    const { code, stderr, received } = await at({ 'DELE 1': '-ERR locked\r\n' }, 'delete', '1', '--yes');
    assert.equal(code, 65);
    assert.match(stderr, /refused DELE 1 and said: locked\nhint: .* None was deleted\.\n$/);
    assert.doesNotMatch(received, /QUIT/);
  });

  test('QUIT is refused: nobody knows', async () => {
    const { code, stdout, stderr } = await at({ QUIT: '-ERR not all\r\n' }, 'delete', '1', '--yes');
    assert.equal(code, 76);
    assert.equal(stdout, '');
    assert.match(
      stderr,
      /which is what deletes: .* said: not all\nhint: 'postrider list' shows which of them are left\.\n$/,
    );
  });
});

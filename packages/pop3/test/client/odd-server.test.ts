import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Pop3Client, Quirks } from '../../src/client/index.ts';
import { strictQuirks } from '../../src/client/index.ts';
import type { Script } from '../../src/testing/index.ts';
import { against, login } from '../support/hostile.ts';

const content = 'From: a\r\n\r\n.dot\r\nend\r\n';

const answers: { readonly [command: string]: string } = {
  CAPA: '+OK\r\nUSER\r\nUIDL\r\n.\r\n',
  STAT: '+OK 2 320\r\n',
  LIST: '+OK\r\n1 120\r\n2 200\r\n.\r\n',
  UIDL: '+OK\r\n1 abc\r\n2 def\r\n.\r\n',
  'UIDL 2': '+OK 2 def\r\n',
  'RETR 1': '+OK\r\nFrom: a\r\n\r\n..dot\r\nend\r\n.\r\n',
  'RETR 2': '-ERR no such message\r\n',
};

/** A server that is right but for what `change` makes of its answers. */
function odd(change: (answer: string, command: string) => string): Script {
  return async (peer) => {
    await peer.send(change('+OK ready\r\n', ''));
    await peer.answer((line) => change(answers[line] ?? '+OK\r\n', line));
  };
}

/** A session with all that matters in it. */
async function session(client: Pop3Client): Promise<void> {
  assert.deepEqual(await client.stat(), { messages: 2, octets: 320 });
  assert.deepEqual(await client.list(), {
    entries: [
      { messageNumber: 1, octets: 120 },
      { messageNumber: 2, octets: 200 },
    ],
    malformed: [],
    malformedLines: 0,
  });
  assert.deepEqual((await client.uidl()).entries, [
    { messageNumber: 1, uniqueId: 'abc' },
    { messageNumber: 2, uniqueId: 'def' },
  ]);
  assert.deepEqual(await client.uidl(2), { messageNumber: 2, uniqueId: 'def' });
  const message = Buffer.from(await client.retrieve(1).bytes()).toString();
  assert.equal(message.replace(/\r?\n/g, '\r\n'), content);
  await assert.rejects(client.retrieve(2).bytes(), { code: 'ERR_POP3_COMMAND_REJECTED' });
  await client.dele(1);
  await client.quit();
  assert.equal(client.deletionsCommitted, 'yes');
}

suite('an odd server, from greeting to QUIT', () => {
  const oddities: readonly (readonly [
    name: string,
    quirk: keyof Quirks | undefined,
    change: (answer: string, command: string) => string,
  ])[] = [
    ['none at all', undefined, (answer) => answer],
    ['LF alone', 'bareLineFeed', (answer) => answer.replaceAll('\r\n', '\n')],
    [
      'LF alone here, CRLF there',
      'bareLineFeed',
      (answer, command) =>
        command === 'RETR 1' || command === 'STAT' ? answer.replaceAll('\r\n', '\n') : answer,
    ],
    [
      'status indicators in lower case',
      'statusLowerCase',
      (answer) => answer.replace('+OK', '+ok').replace('-ERR', '-err'),
    ],
    ['a blank line behind every answer', 'blankLineBeforeStatus', (answer) => `${answer}\r\n`],
    [
      'a blank line before every answer',
      'blankLineBeforeStatus',
      (answer, command) => (command === '' ? answer : `\r\n${answer}`),
    ],
    [
      'blank lines in CAPA',
      'blankCapability',
      (answer, command) => (command === 'CAPA' ? answer.replace('UIDL', '\r\nUIDL\r\n') : answer),
    ],
    ['listings in columns', 'listingExtraSpace', (answer) => answer.replace(/^(\d) /gm, '   $1     ')],
    [
      'words behind the numbers',
      'listingExtraText',
      (answer, command) =>
        /STAT|LIST/.test(command) ? answer.replace(/(\d+ \d+)\r\n/g, '$1 octets\r\n') : answer,
    ],
    [
      'UIDL n without the number',
      'uniqueIdWithoutNumber',
      (answer, command) => (command === 'UIDL 2' ? '+OK def\r\n' : answer),
    ],
    [
      'spaces at the end of lines',
      undefined,
      (answer, command) => (command === 'RETR 1' ? answer : answer.replace(/([^.\r\n])\r\n/g, '$1 \r\n')),
    ],
    ['nothing behind +OK and -ERR', undefined, (answer) => answer.replace(/^(\+OK|-ERR) [a-z ]*\r/, '$1\r')],
  ];
  for (const [name, quirk, change] of oddities) {
    test(name, async () => {
      await against(odd(change), async (options) => session(await login(options)));
    });

    if (quirk === undefined) continue;
    test(`${name}, without ${quirk}: refused, and nothing is taken for what it is not`, async () => {
      await against(odd(change), async (options) => {
        const quirks = { [quirk]: strictQuirks[quirk] };
        await assert.rejects(login({ ...options, quirks }).then(session));
      });
    });
  }
});

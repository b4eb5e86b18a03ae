import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MemoryMaildrop, type OpenMaildrop } from '../../src/server/index.ts';
import { connectMemory, loggedIn, makeServer, type RawClient } from './raw-client.ts';

const three = ['Subject: one\n\nfirst\n', 'Subject: two\n\nsecond\n', 'Subject: three\n\nthird\n'];

async function session(messages: readonly (string | Uint8Array)[] = three): Promise<{
  client: RawClient;
  maildrop: MemoryMaildrop;
}> {
  const maildrop = new MemoryMaildrop(messages);
  const client = await loggedIn(makeServer({ maildrop: () => maildrop }));
  return { client, maildrop };
}

suite('the TRANSACTION state', () => {
  const dialogues: readonly (readonly [
    name: string,
    commands: readonly string[],
    answers: readonly string[],
  ])[] = [
    ['STAT counts messages and octets', ['STAT'], ['+OK 3 72']],
    ['LIST lists all', ['LIST'], ['+OK 3 messages\r\n1 23\r\n2 24\r\n3 25\r\n.']],
    ['LIST of one', ['LIST 2'], ['+OK 2 24']],
    ['UIDL lists all', ['UIDL'], ['+OK 3 messages\r\n1 memory-1\r\n2 memory-2\r\n3 memory-3\r\n.']],
    ['UIDL of one', ['UIDL 3'], ['+OK 3 memory-3']],
    ['NOOP', ['NOOP'], ['+OK']],
    ['keywords in lower case', ['noop', 'sTaT'], ['+OK', '+OK 3 72']],
    [
      'a deleted message is left out of STAT, LIST and UIDL, and the others keep their numbers',
      ['DELE 2', 'STAT', 'LIST', 'UIDL'],
      [
        '+OK message 2 is marked as deleted',
        '+OK 2 48',
        '+OK 2 messages\r\n1 23\r\n3 25\r\n.',
        '+OK 2 messages\r\n1 memory-1\r\n3 memory-3\r\n.',
      ],
    ],
    [
      'a deleted message answers to nothing any more',
      ['DELE 2', 'LIST 2', 'UIDL 2', 'RETR 2', 'TOP 2 0', 'DELE 2'],
      ['+OK message 2 is marked as deleted', ...Array.from({ length: 5 }, () => '-ERR no such message')],
    ],
    [
      'RSET takes the marks back',
      ['DELE 1', 'DELE 3', 'RSET', 'STAT', 'LIST 1'],
      [
        '+OK message 1 is marked as deleted',
        '+OK message 3 is marked as deleted',
        '+OK 3 messages',
        '+OK 3 72',
        '+OK 1 23',
      ],
    ],
    [
      'numbers that stand for no message',
      ['LIST 4', 'RETR 9007199254740991', 'TOP 4 1', 'UIDL 4', 'DELE 4'],
      Array.from({ length: 5 }, () => '-ERR no such message'),
    ],
    [
      'arguments that are no numbers, missing, or too many',
      [
        'RETR',
        'RETR 0',
        'RETR -1',
        'RETR 1 2',
        'LIST x',
        'TOP 1',
        'TOP 1 -1',
        'DELE 0x1',
        'STAT 1',
        'UIDL 1e0',
      ],
      [
        ...Array.from({ length: 4 }, () => '-ERR RETR takes one message-number'),
        '-ERR LIST takes one message-number or none',
        '-ERR TOP takes a message-number and a number of lines',
        '-ERR TOP takes a message-number and a number of lines',
        '-ERR DELE takes one message-number',
        '-ERR STAT takes no argument',
        '-ERR UIDL takes one message-number or none',
      ],
    ],
    [
      'commands of another state, and of none',
      ['USER alice', 'PASS secret', 'AUTH PLAIN', 'STLS', 'UTF8', 'XTND'],
      [
        ...['USER', 'PASS', 'AUTH', 'STLS', 'UTF8'].map(
          (keyword) => `-ERR ${keyword} is not allowed in this state`,
        ),
        '-ERR unknown command',
      ],
    ],
  ];
  for (const [name, commands, answers] of dialogues) {
    for (const pipelined of [false, true]) {
      test(`${name}${pipelined ? ', pipelined' : ''}`, async () => {
        const { client } = await session();
        if (pipelined) await client.send(commands.map((command) => `${command}\r\n`).join(''));
        for (const [index, command] of commands.entries()) {
          if (!pipelined) await client.send(`${command}\r\n`);
          const expected = answers[index] ?? '';
          assert.equal(expected.includes('\r\n') ? await client.lines() : await client.line(), expected);
        }
        await client.close();
      });
    }
  }

  test('an empty maildrop', async () => {
    const { client } = await session([]);
    assert.equal(await client.ask('STAT'), '+OK 0 0');
    assert.equal(await client.askLines('LIST'), '+OK 0 messages\r\n.');
    assert.equal(await client.askLines('UIDL'), '+OK 0 messages\r\n.');
    assert.equal(await client.ask('QUIT'), '+OK goodbye');
  });

  test('a listing much longer than one write comes whole', async () => {
    const { client } = await session(Array.from({ length: 20_000 }, () => 'a\n'));
    const expected = Array.from(
      { length: 20_000 },
      (_, index) => `${index + 1} memory-${index + 1}\r\n`,
    ).join('');
    assert.equal(await client.askLines('UIDL'), `+OK 20000 messages\r\n${expected}.`);
  });

  test('commands that come together are answered in order, and few writes carry the answers', async () => {
    const { client } = await session();
    await client.send('STAT\r\nRETR 1\r\nRETR 9\r\nNOOP\r\nRETR 3\r\n');
    const octets = await client.stream.read();
    assert.equal(
      Buffer.from(octets ?? []).toString('latin1'),
      '+OK 3 72\r\n' +
        '+OK 23 octets\r\nSubject: one\r\n\r\nfirst\r\n.\r\n' +
        '-ERR no such message\r\n' +
        '+OK\r\n' +
        '+OK 25 octets\r\nSubject: three\r\n\r\nthird\r\n.\r\n',
    );
  });
});

suite('the UPDATE state', () => {
  test('QUIT removes what is marked, and nothing else', async () => {
    const { client, maildrop } = await session();
    await client.ask('DELE 1');
    await client.ask('DELE 3');
    assert.equal(maildrop.messages.length, 3);
    assert.equal(await client.ask('QUIT'), '+OK 2 messages removed, goodbye');
    assert.deepEqual(
      maildrop.messages.map(({ uniqueId }) => uniqueId),
      ['memory-2'],
    );
    assert.equal(await client.rest(), '');
  });

  test('RSET before QUIT removes nothing', async () => {
    const { client, maildrop } = await session();
    await client.send('DELE 1\r\nRSET\r\nQUIT\r\n');
    await client.rest();
    assert.equal(maildrop.messages.length, 3);
  });

  const endings: readonly (readonly [name: string, end: (client: RawClient) => Promise<void> | void])[] = [
    ['closes', (client) => client.close()],
    ['is cut off', (client) => client.stream.destroy()],
    [
      'closes in the middle of QUIT',
      async (client) => {
        await client.send('QUI');
        await client.close();
      },
    ],
  ];
  for (const [name, end] of endings) {
    test(`a client that ${name} deletes nothing, and the maildrop is free again`, async () => {
      const maildrop = new MemoryMaildrop(three);
      const { client, served } = connectMemory(makeServer({ maildrop: () => maildrop }));
      await client.line();
      await client.login();
      await client.ask('DELE 1');
      assert.equal(maildrop.inUse, true);
      await end(client);
      await served;
      assert.equal(maildrop.messages.length, 3);
      assert.equal(maildrop.inUse, false);
    });
  }

  test('QUIT says where some messages could not be removed, and frees the maildrop', async () => {
    const maildrop = new MemoryMaildrop(three);
    const failing = {
      open: async (): Promise<OpenMaildrop> => ({
        ...(await maildrop.open()),
        remove: () => Promise.reject(new Error('disk failure')),
      }),
    };
    const client = await loggedIn(makeServer({ maildrop: () => failing }));
    await client.ask('DELE 1');
    assert.equal(await client.ask('QUIT'), '-ERR [SYS/TEMP] some deleted messages not removed');
    assert.equal(await client.rest(), '');
    assert.equal(maildrop.inUse, false);
  });

  test('commands behind QUIT are not read', async () => {
    const { client, maildrop } = await session();
    await client.send('DELE 1\r\nQUIT\r\nNOOP\r\n');
    assert.equal(
      await client.rest(),
      '+OK message 1 is marked as deleted\r\n+OK 1 messages removed, goodbye\r\n',
    );
    assert.equal(maildrop.messages.length, 2);
  });

  test('where nothing may be deleted, DELE says so at once', async () => {
    const maildrop = new MemoryMaildrop(three);
    const readOnly = {
      open: async (): Promise<OpenMaildrop> => ({ ...(await maildrop.open()), writable: false }),
    };
    const client = await loggedIn(makeServer({ maildrop: () => readOnly }));
    assert.equal(await client.ask('DELE 1'), '-ERR [SYS/PERM] nothing can be deleted from this maildrop');
    assert.equal(await client.ask('STAT'), '+OK 3 72');
    assert.equal(await client.ask('QUIT'), '+OK goodbye');
  });
});

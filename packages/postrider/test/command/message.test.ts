import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, suite, test } from 'node:test';
import { startScriptedServer } from '@postrider/pop3/testing';
import { startMaildrop, type TestMaildrop } from '../support/maildrop.ts';
import { postrider, postriderIn } from '../support/run.ts';

const closed = Object.assign(new Error('closed'), { name: 'ExitPromptError' });

const attached = `From: Bob <bob@example.net>
Subject: a file
Content-Type: multipart/mixed; boundary=b

--b

see below
--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="../../outside.bin"
Content-Transfer-Encoding: base64

AAECAw==
--b--
`;

suite('messages of a maildrop', () => {
  let server: TestMaildrop;
  const folder = mkdtempSync(join(tmpdir(), 'pr-message-'));
  beforeEach(async () => {
    server = await startMaildrop(['Subject: one\n\n1\n', 'Subject: two\n\n2\n', attached]);
  });
  afterEach(() => server.close());
  after(() => rmSync(folder, { recursive: true, force: true }));
  const run = (command: string, words: readonly string[], answers: readonly (string | Error)[] = []) =>
    postrider(
      [command, ...server.words.slice(0, 2), ...words, ...server.words.slice(2)],
      server.env,
      answers,
    );
  /** The subjects of the messages that are left. */
  const left = (): string[] =>
    server.maildrop.messages.map(
      ({ content }) => /^Subject: (.*)$/m.exec(Buffer.from(content).toString())?.[1]?.trimEnd() ?? '',
    );

  test('delete shows in colour, and as wide as the terminal, what it asks about', async () => {
    server.maildrop.add(`Subject: ${'long '.repeat(40)}\n\n4\n`);
    for (const [noteColumns, width] of [
      [60, 60],
      [0, 80],
    ] as const) {
      const world = { env: { ...server.env, FORCE_COLOR: '1' }, answers: ['n'], noteColumns };
      const { stderr } = await postriderIn(world, ['delete', ...server.words, '4']);
      assert.doesNotMatch(stderr, /\\x1b/);
      assert.match(stderr, /^\x1b\[1m/m);
      const [, row = ''] = stderr.trimEnd().split('\n');
      assert.equal(row.length, width);
    }
  });

  test('delete shows what it is about, asks, and deletes', async () => {
    const { code, stdout, stderr, asked } = await run('delete', ['3', '1', '3', '--quiet'], ['y']);
    assert.equal(code, 0, stderr);
    assert.deepEqual(asked, ['Delete 2 messages for good?']);
    assert.match(
      stderr,
      /^N +Octets +Unique-id +From +Subject\n3 +\d+ +\S+ +Bob <bob@example\.net> +a file\n1 +19 +\S+ +one$/m,
    );
    assert.equal(stdout, 'Deleted 2 messages.\n');
    assert.deepEqual(left(), ['two']);
  });
  test('delete --yes shows what it deleted', async () => {
    const { code, stdout, stderr } = await run('delete', ['2', '--yes']);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^N +Octets.*\n2 +19 +\S+ +two\nDeleted 1 message\.\n$/);
    assert.deepEqual(left(), ['one', 'a file']);
  });
  test('delete --unique-id: that message, whatever its number is now', async () => {
    const listed: { uniqueId: string }[] = JSON.parse((await run('list', ['--json'])).stdout);
    const id = listed[1]?.uniqueId ?? '';
    // Another client deletes the first one: the second is number 1 now.
    assert.equal((await run('delete', ['1', '--yes'])).code, 0);
    const { code, stdout, stderr } = await run('delete', ['--unique-id', id, '1', '--yes', '--json']);
    assert.equal(code, 0, stderr);
    const { deleted }: { deleted: { messageNumber: number; uniqueId: string; subject: string }[] } =
      JSON.parse(stdout);
    assert.deepEqual(
      deleted.map(({ messageNumber, uniqueId, subject }) => [messageNumber, uniqueId, subject]),
      [[1, id, 'two']],
    );
    assert.deepEqual(left(), ['a file']);
    const again = await run('delete', ['1', '--unique-id', id, '--yes']);
    assert.equal(again.code, 65);
    assert.match(again.stderr, /there is no message with the unique-id '.*'\nhint: .*None was deleted/);
    assert.deepEqual(left(), ['a file']);
  });
  test('delete --unique-id of two messages is refused: which one is meant?', async () => {
    for (const subject of ['three', 'four'])
      server.maildrop.add(`Subject: ${subject}\n\n`, { uniqueId: 'same' });
    const { code, stderr } = await run('delete', ['--unique-id', 'same', '--yes']);
    assert.equal(code, 65);
    assert.match(stderr, /several messages have the unique-id 'same'/);
    assert.equal(left().length, 5);
  });
  for (const [what, answer, code] of [
    ['no', 'n', 0],
    ['Ctrl-C', closed, 130],
  ] as const) {
    test(`delete, and ${what}: everything stays`, async () => {
      assert.equal((await run('delete', ['1'], [answer])).code, code);
      assert.equal(left().length, 3);
    });
  }
  test('delete of one that is not there deletes none', async () => {
    const { code, stderr } = await run('delete', ['1', '9', '--yes']);
    assert.equal(code, 65);
    assert.match(stderr, /LIST 9.*\nhint: 'postrider list' shows/);
    assert.equal(left().length, 3);
  });
  test('delete without a terminal wants --yes', async () => {
    assert.equal((await run('delete', ['1'])).code, 64);
    assert.equal((await run('delete', ['1', '--yes'])).code, 0);
    assert.equal(left().length, 2);
  });

  test('show of one that is not there', async () => {
    const { code, stderr, stdout } = await run('show', ['9']);
    assert.equal(code, 65);
    assert.match(stderr, /while reading message 9: .*\nhint: 'postrider list' shows/);
    assert.equal(stdout, '');
  });
  test('show names and saves attachments', async () => {
    const { stdout, stderr } = await run('show', ['3', '--save-attachments', folder]);
    const path = join(folder, 'outside.bin');
    assert.equal(
      stdout,
      `From: Bob <bob@example.net>\nSubject: a file\n\nsee below\n\nAttached: ../../outside.bin (application/octet-stream, 4 B), saved as ${path}\n`,
      stderr,
    );
    assert.deepEqual([...readFileSync(path)], [0, 1, 2, 3]);
  });
  for (const options of [
    ['--raw', '--json'],
    ['--raw', '--save-attachments', 'x'],
    ['--headers', '--save-attachments', 'x'],
  ]) {
    test(`show ${options.join(' ')} contradicts itself`, async () => {
      const { code, stderr } = await run('show', ['1', ...options]);
      assert.equal(code, 64);
      assert.match(stderr, /contradict each other/);
    });
  }
  test('show --headers, also its exact octets', async () => {
    assert.match(
      (await run('show', ['3', '--headers'])).stdout,
      /^From: Bob <bob@example\.net>\nSubject: a file\nContent-Type: .*boundary=b\n$/,
    );
    assert.match((await run('show', ['1', '--headers', '--raw'])).stdout, /^Subject: one\r\n\r\n$/);
  });

  test('the password prompt: Ctrl-C', async () => {
    const { code, stderr, asked } = await postrider(['status', ...server.words], {}, [closed]);
    assert.equal(code, 130, stderr);
    assert.deepEqual(asked, ['Password for ann@example.test at 127.0.0.1:']);
  });
});

test('delete needs neither TOP nor UIDL of a server', async () => {
  await using server = await startScriptedServer(async (peer) => {
    await peer.send('+OK ready\r\n');
    await peer.answer((line) => {
      if (line === 'CAPA') return '+OK\r\nUSER\r\n.\r\n';
      if (line === 'LIST 2') return '+OK 2 200\r\n';
      if (line === 'UIDL 2') return '+OK\r\n';
      return line === 'TOP 2 0' ? '-ERR not today\r\n' : '+OK\r\n';
    });
  });
  const at = ['127.0.0.1', 'u', '--port', String(server.port), '--security', 'none'];
  const words = ['delete', ...at, '2', '--yes', '--allow-cleartext-password'];
  const { code, stdout, stderr } = await postrider(words, { POSTRIDER_PASSWORD: 'x' });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /warning: 1 header cannot be had/);
  assert.match(stdout, /\n2 +200\nDeleted 1 message\.\n$/);
  assert.match(server.received, /\r\nDELE 2\r\nQUIT\r\n$/);
});

test('list --headers goes on where the server refuses TOP, and says so', async () => {
  const server = await startScriptedServer(async (peer) => {
    await peer.send('+OK ready\r\n');
    await peer.answer((line) => {
      if (line === 'CAPA') return '+OK\r\nUSER\r\nUIDL\r\nTOP\r\n.\r\n';
      if (line === 'LIST') return '+OK\r\n1 100\r\n2 200\r\n.\r\n';
      if (line === 'UIDL') return '+OK\r\n1 a\r\n2 b\r\n.\r\n';
      if (line === 'TOP 1 0') return '-ERR not today\r\n';
      return line.startsWith('TOP') ? '+OK\r\nSubject: two\r\n\r\n.\r\n' : '+OK\r\n';
    });
  });
  try {
    const words = [
      'list',
      '127.0.0.1',
      'u',
      '--port',
      String(server.port),
      '--security',
      'none',
      '--allow-cleartext-password',
      '--headers',
    ];
    const { code, stdout, stderr } = await postrider(words, { POSTRIDER_PASSWORD: 'x' });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warning: 1 header cannot be had: .*TOP 1 0 and said: not today/);
    assert.match(stdout, /\n1 +100\n2 +200 +two\n$/);
  } finally {
    await server.close();
  }
});

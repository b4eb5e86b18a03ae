import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { textWidth } from '../../src/output/width.ts';
import { startMaildrop, type TestMaildrop } from '../support/maildrop.ts';
import { postriderIn } from '../support/run.ts';

const encoded = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`;

// What a terminal acts upon: C0 but for line ends, DEL, C1, bidi controls.
const acts = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const hostile = `From: ${encoded('田中さくら 👩‍👩‍👧 \x1b[31mred\u202eexe')} <sakura@example.jp>
To: Ann <ann@example.test>
Subject: ${encoded('東京\x1b]0;owned\x07の写真 🎉 e\u0301 \x9b2J\u2066x\u2069')}
Date: Tue, 24 Nov 2026 09:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

こんにちは \x1b[2J\x1b[31m 👩‍👩‍👧
and \u202eback\r again\x7f
--b
Content-Type: text/plain
Content-Disposition: attachment; filename="=?utf-8?Q?=1B[2Jx=E2=80=AEfdp.exe?="

x
--b--
`;
const plain = 'From: Bob <bob@example.net>\nSubject: Lunch?\nDate: Tue, 24 Nov 2026 10:00:00 +0000\n\nnoon\n';
const long = `From: ${encoded('日本語'.repeat(30))} <x@example.jp>\nSubject: ${encoded('👩‍👩‍👧'.repeat(60))}\n\n\n`;

suite('a message with escapes, bidi controls, emoji and Japanese', () => {
  let server: TestMaildrop;
  before(async () => {
    server = await startMaildrop([plain, hostile, long]);
  });
  after(() => server.close());

  for (const columns of [200, 100, 72]) {
    test(`list stays aligned and harmless on ${columns} columns`, async () => {
      const words = ['list', ...server.words, '--headers', '--color', 'never'];
      const { stdout, code, stderr } = await postriderIn({ env: server.env, columns }, words);
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stdout, acts);
      const [heading = '', ...rows] = stdout.trimEnd().split('\n');
      assert.equal(rows.length, 3);
      const begins = textWidth(heading.slice(0, heading.indexOf('Subject')));
      const subjects = ['Lunch?', '東京', '👩‍👩‍👧'];
      for (const [index, row] of rows.entries()) {
        assert.ok(textWidth(row) <= columns, `${textWidth(row)} columns: ${row}`);
        const subject = row.indexOf(subjects[index] ?? '');
        assert.equal(textWidth(row.slice(0, subject)), begins, row);
      }
    });
  }

  test('list shows what was hidden', async () => {
    const words = ['list', ...server.words, '--headers'];
    const { stdout } = await postriderIn({ env: server.env, columns: 200 }, words);
    assert.match(stdout, /田中さくら 👩‍👩‍👧 \\x1b\[31mred\\u\{202e\}exe <sakura@example\.jp>/);
    assert.match(stdout, /東京\\x1b\]0;owned\\x07の写真 🎉 e\u0301 \\x9b2J\\u\{2066\}x\\u\{2069\}/u);
  });

  test('show is harmless, and its only escapes are our own colours', async () => {
    const words = ['show', ...server.words, '2', '--color', 'always'];
    const { stdout } = await postriderIn({ env: server.env, columns: 80 }, words);
    const [, from = ''] = stdout.split('\n');
    assert.match(
      from,
      /^\x1b\[1mFrom:\x1b\[22m 田中さくら 👩‍👩‍👧 \\x1b\[31mred\\u\{202e\}exe <sakura@example\.jp>$/,
    );
    assert.doesNotMatch(stdout.replace(/\x1b\[(?:1|22)m/g, ''), acts);
    assert.match(stdout, /こんにちは \\x1b\[2J\\x1b\[31m 👩‍👩‍👧\nand \\u\{202e\}back\\x0d again\\x7f\n/);
    assert.match(stdout, /Attached:\x1b\[22m \\x1b\[2Jx\\u\{202e\}fdp\.exe \(text\/plain, \d+ B\)\n/);
  });

  for (const options of [['--raw'], ['--headers'], ['--json'], ['--raw', '--headers']]) {
    test(`show ${options.join(' ')} is harmless on a terminal`, async () => {
      const words = ['show', ...server.words, '2', ...options];
      const { stdout, code } = await postriderIn({ env: server.env, columns: 80 }, words);
      assert.equal(code, 0);
      assert.doesNotMatch(stdout, acts);
      assert.match(stdout, /sakura@example\.jp/);
    });
  }

  test('show --raw gives a pipe the exact octets', async () => {
    const { stdout } = await postriderIn({ env: server.env }, ['show', ...server.words, '2', '--raw']);
    assert.equal(stdout, hostile.replaceAll(/\r?\n/g, '\r\n').replace('back\r again', 'back\r again'));
  });

  test('delete shows the message harmlessly before it asks', async () => {
    const world = { env: server.env, answers: ['n'] };
    const { stdout, stderr, code } = await postriderIn(world, ['delete', ...server.words, '2']);
    assert.equal(code, 0);
    assert.match(stderr, /田中さくら/);
    assert.doesNotMatch(stdout + stderr, acts);
  });
});

// Maildrops over real files: what clients get, and what is left on disk.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { FolderMaildrop, MaildirMaildrop, type Maildrop, MboxMaildrop } from '../../src/server/index.ts';
import { loggedIn, makeServer } from './raw-client.ts';

const root = mkdtempSync(join(tmpdir(), 'postrider-maildrop-'));
after(() => rmSync(root, { recursive: true }));
let count = 0;
const place = () => join(root, String(count++));
const over = (maildrop: Maildrop) => loggedIn(makeServer({ maildrop: () => maildrop }));

function makeMaildir(files: Readonly<Record<string, string>>): string {
  const path = place();
  for (const name of ['cur', 'new', 'tmp']) mkdirSync(join(path, name), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text, 'latin1');
  return path;
}

suite('Maildir', () => {
  test('messages of new and cur, by time; the base name is the unique-id; octets count CRLF', async () => {
    const path = makeMaildir({
      'new/30.c.host': 'c\n',
      'cur/9.a.host:2,S': 'a\r\n',
      'cur/20.b.host,S=2,W=4:2,': 'b\n\n',
      'tmp/1.x.host': 'unfinished',
      'cur/.hidden': 'x',
    });
    const client = await over(new MaildirMaildrop(path));
    assert.equal(
      await client.askLines('UIDL'),
      '+OK 3 messages\r\n1 9.a.host\r\n2 20.b.host,S=2,W=4\r\n3 30.c.host\r\n.',
    );
    assert.equal(await client.askLines('LIST'), '+OK 3 messages\r\n1 3\r\n2 4\r\n3 3\r\n.');
    assert.equal(await client.askLines('RETR 2'), '+OK 4 octets\r\nb\r\n\r\n.');
  });

  test('line ends: bare LF becomes CRLF, CRLF and bare CR stay, a last line is finished, at every piece border', async () => {
    const text = `${'x'.repeat(65_535)}\r\n${'y'.repeat(65_534)}\n.dot\r.cr\r\n\0\xff last`;
    const client = await over(new MaildirMaildrop(makeMaildir({ 'new/1': text })));
    const expected = `${text.replace(/\r?\n/g, '\r\n')}\r\n`;
    assert.equal(await client.askLines('LIST'), `+OK 1 messages\r\n1 ${expected.length}\r\n.`);
    const sent = await client.askLines('RETR 1');
    assert.equal(sent, `+OK ${expected.length} octets\r\n${expected.replaceAll('\r\n.', '\r\n..')}.`);
  });

  test('a message whose flags are changed meanwhile is still sent and removed', async () => {
    const path = makeMaildir({ 'new/1.a': 'one\n', 'cur/2.b:2,': 'two\n' });
    const client = await over(new MaildirMaildrop(path));
    renameSync(join(path, 'new/1.a'), join(path, 'cur/1.a:2,S'));
    assert.equal(await client.askLines('RETR 1'), '+OK 5 octets\r\none\r\n.');
    renameSync(join(path, 'cur/2.b:2,'), join(path, 'cur/2.b:2,FS'));
    await client.ask('DELE 2');
    assert.equal(await client.ask('QUIT'), '+OK 1 messages removed, goodbye');
    assert.deepEqual(readdirSync(join(path, 'cur')), ['1.a:2,S']);
  });

  test('where all of them were renamed, the folders are read again for the first one only', async () => {
    const path = makeMaildir({ 'new/1.a': 'one\n', 'new/2.b': 'two\n', 'new/3.c': 'three\n' });
    const client = await over(new MaildirMaildrop(path));
    for (const name of ['1.a', '2.b', '3.c'])
      renameSync(join(path, 'new', name), join(path, 'cur', `${name}:2,S`));
    assert.equal(await client.askLines('RETR 1'), '+OK 5 octets\r\none\r\n.');
    // A Maildir that cannot be read again.
    rmdirSync(join(path, 'new'));
    assert.equal(await client.askLines('RETR 3'), '+OK 7 octets\r\nthree\r\n.');
    await client.ask('DELE 2');
    assert.equal(await client.ask('QUIT'), '+OK 1 messages removed, goodbye');
    assert.deepEqual(readdirSync(join(path, 'cur')).sort(), ['1.a:2,S', '3.c:2,S']);
  });

  test('one that vanished meanwhile harms only its own command', async () => {
    const path = makeMaildir({ 'new/1.a': 'one\n', 'new/2.b': 'two\n' });
    const client = await over(new MaildirMaildrop(path));
    rmSync(join(path, 'new/1.a'));
    assert.match(await client.ask('RETR 1'), /^-ERR \[SYS\/TEMP\] /);
    assert.equal(await client.askLines('RETR 2'), '+OK 5 octets\r\ntwo\r\n.');
  });

  test('links lead nowhere', async () => {
    const path = makeMaildir({ 'new/1.a': 'one\n' });
    writeFileSync(`${path}.secret`, 'secret\n');
    symlinkSync(`${path}.secret`, join(path, 'new/2.b'));
    const client = await over(new MaildirMaildrop(path));
    assert.equal(await client.ask('STAT'), '+OK 1 5');
    rmSync(join(path, 'new/1.a'));
    symlinkSync(`${path}.secret`, join(path, 'new/1.a'));
    assert.match(await client.ask('RETR 1'), /^-ERR /);
  });

  test('one that could not be read has its size as soon as it can be', async () => {
    const path = makeMaildir({ 'new/1.a': 'one\n' });
    class Failing extends MaildirMaildrop {
      failing = true;
      protected override openMessage(...[message]: Parameters<MaildirMaildrop['openMessage']>) {
        if (this.failing) return Promise.reject(Object.assign(new Error('too many'), { code: 'EMFILE' }));
        return super.openMessage(message);
      }
    }
    const maildrop = new Failing(path);
    const before = await maildrop.open();
    assert.deepEqual(
      before.messages.map(({ octets }) => octets),
      [0],
    );
    await before.close();
    maildrop.failing = false;
    const { messages } = await maildrop.open();
    assert.deepEqual(
      messages.map(({ octets }) => octets),
      [5],
    );
  });

  test('read only: nothing goes', async () => {
    const path = makeMaildir({ 'new/1.a': 'one\n' });
    const client = await over(new MaildirMaildrop(path, { writable: false }));
    assert.match(await client.ask('DELE 1'), /^-ERR \[SYS\/PERM\] /);
    await client.ask('QUIT');
    assert.equal(readFileSync(join(path, 'new/1.a'), 'latin1'), 'one\n');
  });

  test('what is no Maildir', async () => {
    await assert.rejects(new MaildirMaildrop(place()).open(), /is no Maildir/);
  });
});

const from = 'From ann@example.org Tue Nov 24 10:00:00 2026\n';
const mbox =
  `${from}Subject: one\nStatus: RO\n\nfirst\n>From quoted\n\n` +
  `From - Tue Nov 24 10:00:01 2026\nSubject: two\n\nFrom here on, no separator\n\n` +
  `${from}Subject: three\n\nno blank line at the end`;

function makeMbox(text = mbox): string {
  const path = place();
  writeFileSync(path, text);
  return path;
}

suite('mbox', () => {
  test('messages are found; a sentence that begins with From is none', async () => {
    const client = await over(new MboxMaildrop(makeMbox()));
    assert.equal(await client.askLines('LIST'), '+OK 3 messages\r\n1 49\r\n2 44\r\n3 44\r\n.');
    assert.equal(
      await client.askLines('RETR 2'),
      '+OK 44 octets\r\nSubject: two\r\n\r\nFrom here on, no separator\r\n.',
    );
    assert.match(await client.askLines('RETR 1'), /\r\n>From quoted\r\n\.$/);
  });

  test('unique-ids survive other programs’ marks, and what is appended; doubled messages have two', async () => {
    const path = makeMbox(`${mbox}\n\n${mbox}`);
    const client = await over(new MboxMaildrop(path));
    const before = await client.askLines('UIDL');
    const ids = before
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(' ')[1]);
    assert.equal(new Set(ids).size, 6);
    await client.ask('QUIT');
    await client.rest();
    writeFileSync(path, readFileSync(path, 'latin1').replace('Status: RO', 'Status: O\nX-Status: A'));
    assert.equal(await (await over(new MboxMaildrop(path))).askLines('UIDL'), before);
  });

  test('it is read only where nothing else is said', async () => {
    const client = await over(new MboxMaildrop(makeMbox()));
    assert.match(await client.ask('DELE 1'), /^-ERR \[SYS\/PERM\] /);
  });

  for (const [number, left] of [
    [1, mbox.slice(mbox.indexOf('From - '))],
    [2, mbox.slice(0, mbox.indexOf('From - ')) + mbox.slice(mbox.lastIndexOf(from))],
    [3, mbox.slice(0, mbox.lastIndexOf(from))],
  ] as const) {
    test(`message ${number} is cut out, and the rest is as it was`, async () => {
      const path = makeMbox();
      const client = await over(new MboxMaildrop(path, { writable: true }));
      await client.ask(`DELE ${number}`);
      assert.equal(await client.ask('QUIT'), '+OK 1 messages removed, goodbye');
      assert.equal(readFileSync(path, 'latin1'), left);
      assert.equal(existsSync(`${path}.lock`), false);
    });
  }

  test('what another program appends meanwhile stays', async () => {
    const path = makeMbox();
    const client = await over(new MboxMaildrop(path, { writable: true }));
    await client.ask('DELE 1');
    appendFileSync(path, `\n\n${from}Subject: four\n\nnew\n`);
    assert.equal(
      await client.askLines('RETR 3'),
      '+OK 44 octets\r\nSubject: three\r\n\r\nno blank line at the end\r\n.',
    );
    await client.ask('QUIT');
    const next = await over(new MboxMaildrop(path));
    assert.match(await next.ask('STAT'), /^\+OK 3 /);
    assert.match(await next.askLines('RETR 3'), /Subject: four\r\n\r\nnew\r\n\.$/);
  });

  test('a lock of another program: QUIT says so, and nothing is removed', async () => {
    const path = makeMbox();
    const client = await over(new MboxMaildrop(path, { writable: true }));
    await client.ask('DELE 1');
    writeFileSync(`${path}.lock`, '');
    assert.match(await client.ask('QUIT'), /^-ERR .*not removed/);
    assert.equal(readFileSync(path, 'latin1'), mbox);
    assert.equal(existsSync(`${path}.lock`), true);
  });

  test('a folder is no mbox, and is said to be there', async () => {
    const path = makeMaildir({});
    await assert.rejects(new MboxMaildrop(path).open(), /is no mbox: it is no plain file$/);
  });

  test('an empty one, and what is none', async () => {
    assert.equal(await (await over(new MboxMaildrop(makeMbox('')))).ask('STAT'), '+OK 0 0');
    await assert.rejects(new MboxMaildrop(makeMbox('Subject: a message\n\nx\n')).open(), /is no mbox/);
    await assert.rejects(new MboxMaildrop(place()).open(), /is no mbox/);
  });

  test('separators at every place around the border of a window', async () => {
    for (let shift = -12; shift <= 60; shift += 3) {
      const first = `${from}\n${'x'.repeat((1 << 20) - 4100 - from.length - 1 + shift)}\n\n`;
      const client = await over(new MboxMaildrop(makeMbox(`${first}${from}\nsecond\n`)));
      assert.match(await client.ask('STAT'), /^\+OK 2 /, `shift ${shift}`);
    }
  });
});

suite('a folder of .eml files', () => {
  test('in the order of their names; others are none; long and odd names get a hash for a unique-id', async () => {
    const path = place();
    mkdirSync(path);
    for (const name of ['b.eml', 'A.EML', 'notes.txt', 'with space.eml', `${'l'.repeat(80)}.eml`]) {
      writeFileSync(join(path, name), `${name}\n`);
    }
    mkdirSync(join(path, 'folder.eml'));
    const client = await over(new FolderMaildrop(path, { writable: true }));
    const lines = (await client.askLines('UIDL')).split('\r\n').slice(1, -1);
    assert.deepEqual(lines.slice(0, 2), ['1 A.EML', '2 b.eml']);
    assert.match(lines[2] ?? '', /^3 [0-9a-f]{64}$/);
    assert.match(lines[3] ?? '', /^4 [0-9a-f]{64}$/);
    assert.equal(lines.length, 4);
    await client.ask('DELE 1');
    await client.ask('QUIT');
    assert.equal(existsSync(join(path, 'A.EML')), false);
    assert.equal(existsSync(join(path, 'b.eml')), true);
  });
});

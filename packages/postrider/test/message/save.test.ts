import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import fc from 'fast-check';
import { safeName, saveAttachments } from '../../src/message/save.ts';

suite('the name of an attachment', () => {
  const rows: readonly (readonly [name: string, safe: string])[] = [
    ['report.pdf', 'report.pdf'],
    ['Grüße aus 東京.txt', 'Grüße aus 東京.txt'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\x.dll', 'x.dll'],
    ['/etc/shadow', 'shadow'],
    ['..', 'attachment-7'],
    ['.', 'attachment-7'],
    ['', 'attachment-7'],
    ['/', 'attachment-7'],
    ['.bashrc', 'bashrc'],
    ['-rf', 'rf'],
    ['a\0b', 'a_b'],
    ['\x1b[31mred\u202egpj.exe', '__31mred_gpj.exe'],
    ['$(id);`id`|x', '_(id)__id__x'],
    ['C:evil.txt', 'C_evil.txt'],
    ['NUL', '_NUL'],
    ['com1.txt', '_com1.txt'],
    ['trailing. . ', 'trailing'],
  ];
  for (const [name, safe] of rows) test(JSON.stringify(name), () => assert.equal(safeName(name, 7), safe));

  test('a long one is cut where a file system would refuse it, and keeps its extension', () => {
    const name = safeName(`${'東'.repeat(300)}.pdf`, 1);
    assert.ok(Buffer.byteLength(name) <= 200);
    assert.match(name, /^東+\.pdf$/);
  });

  test('any name is one plain name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const safe = safeName(name, 1);
        assert.doesNotMatch(safe, /[/\\\0-\x1f\x7f]|^[.-]|^$/);
        assert.ok(Buffer.byteLength(safe) <= 200);
      }),
    );
  });
});

suite('saving attachments', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-save-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const octets = (text: string): Uint8Array => Buffer.from(text);

  test('never over a file, never through a link, never outside', async () => {
    const inside = join(folder, 'inside');
    const outside = join(folder, 'outside.txt');
    await saveAttachments(inside, []);
    writeFileSync(join(inside, 'a.txt'), 'mine');
    symlinkSync(outside, join(inside, 'b.txt'));
    const saved = await saveAttachments(inside, [
      ['a.txt', octets('1')],
      ['b.txt', octets('2')],
      ['../outside.txt', octets('3')],
      ['a.txt', octets('4')],
      [null, octets('5')],
    ]);
    assert.deepEqual(
      saved,
      ['a-1.txt', 'b-1.txt', 'outside.txt', 'a-2.txt', 'attachment-5'].map((name) => join(inside, name)),
    );
    assert.equal(readFileSync(join(inside, 'a.txt'), 'utf8'), 'mine');
    assert.equal(existsSync(outside), false);
    assert.equal(readFileSync(join(inside, 'a-2.txt'), 'utf8'), '4');
    assert.equal(statSync(join(inside, 'a-1.txt')).mode & 0o777, 0o600);
  });

  test('the folder is made', async () => {
    const made = join(folder, 'new', 'folder');
    await saveAttachments(made, [['x', octets('x')]]);
    assert.deepEqual(readdirSync(made), ['x']);
    assert.equal(statSync(made).mode & 0o777, 0o700);
  });

  test('a folder that is a file', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    await assert.rejects(saveAttachments(file, [['x', octets('x')]]), {
      exitCode: 73,
      message: /cannot be saved/,
    });
  });
});

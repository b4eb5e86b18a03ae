import assert from 'node:assert/strict';
import {
  lstatSync,
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
import { after, before, beforeEach, suite, test } from 'node:test';
import { addAccount, removeAccount } from '../../src/config/edit.ts';

const account = { host: 'pop.example.org', user: 'ann', port: 995 };

suite('editing the configuration', () => {
  let folder: string;
  let path: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-edit-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    path = join(mkdtempSync(join(folder, 'case-')), 'config.toml');
  });
  const read = (): string => readFileSync(path, 'utf8');

  test('the first account makes the file, for its owner only', async () => {
    path = join(folder, 'new', 'folder', 'config.toml');
    await addAccount(path, 'work', account);
    assert.equal(read(), '[accounts.work]\nhost = "pop.example.org"\nuser = "ann"\nport = 995\n');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'new', 'folder')).mode & 0o777, 0o700);
    assert.deepEqual(readdirSync(join(folder, 'new', 'folder')), ['config.toml']);
  });

  test('what is there stays: comments, order, space, even without a last line end', async () => {
    const before = '# mine\n\n[accounts.b]  # second\nuser = "u"   # u\nhost   = "h"';
    writeFileSync(path, before, { mode: 0o600 });
    await addAccount(path, 'a', account);
    assert.equal(read(), `${before}\n\n[accounts.a]\nhost = "pop.example.org"\nuser = "ann"\nport = 995\n`);
  });

  for (const name of ['a.b', 'über', 'x@y', '__proto__', 'constructor']) {
    test(`a name that TOML puts in quotes, or JavaScript knows: ${name}`, async () => {
      await addAccount(path, name, account);
      await addAccount(path, 'other', account);
      await removeAccount(path, name);
      assert.equal(read(), '[accounts.other]\nhost = "pop.example.org"\nuser = "ann"\nport = 995\n');
    });
  }
  test('a mark of the byte order stays where it is', async () => {
    writeFileSync(path, '\ufeff[accounts.b]\nhost = "h"\nuser = "u"\n', { mode: 0o600 });
    await addAccount(path, 'a', account);
    await removeAccount(path, 'b');
    assert.equal(read(), '\ufeff\n[accounts.a]\nhost = "pop.example.org"\nuser = "ann"\nport = 995\n');
  });

  test('a name that cannot be one is refused, and nothing is written', async () => {
    await assert.rejects(addAccount(path, 'quoted "name"', account), { exitCode: 78 });
    assert.throws(() => lstatSync(path), { code: 'ENOENT' });
  });

  test('a file that nothing can be added to is left as it is', async () => {
    for (const before of [
      'accounts = { b = { host = "h", user = "u" } }\n',
      '[accounts.a]\nhost = "h"\nuser = "u"\n',
      'broken = [\n',
    ]) {
      writeFileSync(path, before, { mode: 0o600 });
      await assert.rejects(addAccount(path, 'a', account), { exitCode: 78, message: /nothing can be added/ });
      assert.equal(read(), before);
    }
  });

  const text = `# The accounts of Ann.

[accounts.one]
host = "h1" # one
user = "u"
# inside one

# about two
[accounts.two]
host = "h2"
to = [
  "maildir:Mail", # [accounts.three]
]
user = """
[accounts.one]"""  # end of two

# about the tokens of two
[accounts.two.oauth]
client-id = "c"

# about three
[accounts.three]
host = "h3"
user = "u"
# the end
`;
  test('removing one takes its tables and leaves every comment outside of them', async () => {
    writeFileSync(path, text, { mode: 0o600 });
    await removeAccount(path, 'two');
    const start = text.indexOf('[accounts.two]');
    const tokens = text.indexOf('# about the tokens');
    const three = text.indexOf('# about three');
    assert.equal(
      read(),
      `${text.slice(0, start)}${text.slice(text.indexOf('\n\n', start) + 1, tokens)}# about the tokens of two\n\n${text.slice(three)}`,
    );
  });
  test('removing the first and the last', async () => {
    writeFileSync(path, text, { mode: 0o600 });
    await removeAccount(path, 'three');
    await removeAccount(path, 'one');
    const left = read();
    assert.match(left, /^# The accounts of Ann\.\n\n# inside one\n/);
    assert.match(left, /# about three\n# the end\n$/);
    assert.match(left, /\[accounts\.two\]\nhost = "h2"/);
  });
  test('an account of dotted keys', async () => {
    writeFileSync(
      path,
      'accounts.a.host = "h"\naccounts.a.user = "u" # a\naccounts.b.host = "h"\naccounts.b.user = "u"\n',
      { mode: 0o600 },
    );
    await removeAccount(path, 'a');
    assert.equal(read(), 'accounts.b.host = "h"\naccounts.b.user = "u"\n');
  });
  test('one inside a line with others is refused, and nothing is written', async () => {
    const before = 'accounts = { a = { host = "h", user = "u" }, b = { host = "h", user = "u" } }\n';
    writeFileSync(path, before, { mode: 0o600 });
    await assert.rejects(removeAccount(path, 'a'), { exitCode: 78, hint: 'Take it out by hand.' });
    assert.equal(read(), before);
  });

  test('links are not followed, nor replaced', { skip: process.platform === 'win32' }, async () => {
    const elsewhere = join(folder, 'elsewhere.toml');
    writeFileSync(elsewhere, '# elsewhere\n', { mode: 0o600 });
    symlinkSync(elsewhere, path);
    await assert.rejects(addAccount(path, 'a', account), { exitCode: 78, message: /symbolic link/ });
    assert.equal(readFileSync(elsewhere, 'utf8'), '# elsewhere\n');
    assert.ok(lstatSync(path).isSymbolicLink());
    assert.equal(readdirSync(join(path, '..')).length, 1);
  });
});

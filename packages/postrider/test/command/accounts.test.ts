import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { password, startMaildrop, type TestMaildrop } from '../support/maildrop.ts';
import { type Answer, postrider } from '../support/run.ts';

suite('accounts', () => {
  let server: TestMaildrop;
  let folder: string;
  let ca: string;
  let env: Record<string, string>;
  before(async () => {
    server = await startMaildrop(['Subject: hello\n\nworld\n']);
  });
  after(() => server.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-accounts-'));
    ca = join(folder, 'ca.pem');
    writeFileSync(ca, server.cert);
    env = { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, HOME: folder };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const config = (): string => readFileSync(join(folder, 'postrider', 'config.toml'), 'utf8');
  const add = (answers: readonly Answer[], ...options: readonly string[]) =>
    postrider(
      [
        'accounts',
        'add',
        'ann@example.test',
        '--port',
        String(server.port),
        '--security',
        'tls',
        '--ca',
        ca,
        ...options,
      ],
      env,
      answers,
    );
  const about = ['localhost', '', 'home'];

  test('add asks for what cannot be found out, tries the login, and saves what works', async () => {
    const { code, stdout, stderr, asked } = await add([...about, password]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(asked, [
      'POP3 server:',
      'User name:',
      'Name for this account:',
      'Password for ann@example.test at localhost:',
    ]);
    assert.match(stderr, /Logged in by SCRAM-SHA-512-PLUS: 1 message\./);
    assert.match(stdout, /^Saved home in .*config\.toml; its password is in .*secrets\.json\.\n$/);
    assert.equal(
      config(),
      `[accounts.home]\nhost = "localhost"\nuser = "ann@example.test"\nport = ${server.port}\nca = "${ca}"\n`,
    );
    assert.equal(statSync(join(folder, 'postrider', 'config.toml')).mode & 0o777, 0o600);
  });

  test('what was added works by its name alone, and is gone when it is removed', async () => {
    await add([...about, password]);
    const status = await postrider(['status', 'home'], env);
    assert.equal(status.stdout, 'You have 1 message totaling 25 bytes.\n', status.stderr);
    const removed = await postrider(['accounts', 'remove', 'home'], env);
    assert.equal(removed.code, 0, removed.stderr);
    assert.equal(config(), '');
    assert.doesNotMatch(readFileSync(join(folder, 'postrider', 'secrets.json'), 'utf8'), /horse/);
    assert.equal((await postrider(['status', 'home'], env)).code, 64);
  });

  test('a mistyped password is asked for again', async () => {
    const { code, stderr } = await add([...about, 'horse', 'battery', password]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/wrong user name or password/g)?.length, 2, stderr);
  });

  test('three wrong passwords end it, and nothing is saved', async () => {
    const { code, stderr } = await add([...about, 'horse', 'battery', 'staple', password]);
    assert.equal(code, 77, stderr);
    assert.throws(config, { code: 'ENOENT' });
    assert.throws(() => statSync(join(folder, 'postrider', 'secrets.json')), { code: 'ENOENT' });
  });

  test('a server that is not there: nothing is saved, and the password is not asked for again', async () => {
    const words = ['accounts', 'add', 'ann@example.test', '--port', '1', '--security', 'tls'];
    const { code, asked } = await postrider(words, env, ['127.0.0.1', '', 'home', password, password]);
    assert.equal(code, 69);
    assert.equal(asked.length, 4);
    assert.throws(config, { code: 'ENOENT' });
  });

  test('a command that gives the password is saved in its place', async () => {
    const command = `echo '${password}'`;
    const { code, stderr, asked } = await add(about, '--password-command', command, '--to', 'maildir:Mail');
    assert.equal(code, 0, stderr);
    assert.equal(asked.length, 3);
    assert.match(
      config(),
      /password-command = "echo 'correct horse battery staple'"\nto = \[ "maildir:Mail" \]\n/,
    );
    assert.throws(() => statSync(join(folder, 'postrider', 'secrets.json')), { code: 'ENOENT' });
    assert.equal((await postrider(['status', 'home'], env)).code, 0);
  });

  test('to a file that was named and is not there yet, and behind what is there', async () => {
    const file = join(folder, 'mine.toml');
    assert.equal((await add([...about, password], '--config', file)).code, 0);
    writeFileSync(file, `# mine\n${readFileSync(file, 'utf8')}`);
    assert.equal((await add(['localhost', '', 'work', password], '--config', file)).code, 0);
    assert.match(readFileSync(file, 'utf8'), /^# mine\n\[accounts\.home\][^[]+\n\n\[accounts\.work\]\n/);
    const listed = await postrider(['accounts', '--config', file], env);
    assert.match(listed.stdout, /^Account +Host +User +Security +To\nhome .*\nwork .*\n$/);
  });

  test('names: the first is proposed, one that exists is refused', async () => {
    await add(['localhost', '', '', password]);
    assert.match(config(), /^\[accounts\.example\]/);
    await add(['localhost', '', '', password]);
    assert.match(config(), /\n\[accounts\.example2\]/);
    const again = await add(['localhost', '', 'example', password]);
    assert.match(again.stderr, /There is an account of that name/);
  });

  for (const [index, question] of ['the server', 'the user', 'the name', 'the password'].entries()) {
    test(`Ctrl-C when asked for ${question}`, async () => {
      const answers: Answer[] = [...about, password];
      answers[index] = Object.assign(new Error('closed'), { name: 'ExitPromptError' });
      const { code, stderr } = await add(answers);
      assert.equal(code, 130, stderr);
      assert.equal(stderr.trimEnd().split('\n').at(-1), 'postrider: interrupted');
      assert.throws(config, { code: 'ENOENT' });
    });
  }

  test('a file that cannot be changed: no password is asked for, and none is forgotten', async () => {
    await add([...about, password]);
    const file = join(folder, 'postrider', 'config.toml');
    renameSync(file, join(folder, 'mine.toml'));
    symlinkSync(join(folder, 'mine.toml'), file);
    const added = await add(['localhost', '', 'work', password]);
    assert.equal(added.code, 78);
    assert.match(added.stderr, /config\.toml is a symbolic link/);
    assert.equal(added.asked.length, 3);
    const removed = await postrider(['accounts', 'remove', 'home'], env);
    assert.equal(removed.code, 78);
    assert.match(removed.stderr, /config\.toml is a symbolic link/);
    assert.equal((await postrider(['status', 'home'], env)).code, 0);
  });

  test('without a terminal it says what to do instead', async () => {
    const { code, stderr } = await postrider(['accounts', 'add'], env);
    assert.equal(code, 64);
    assert.match(stderr, /no terminal\nhint: .*help configuration/);
  });

  test('a provider without POP3', async () => {
    const { code, stderr } = await postrider(['accounts', 'add', 'ann@icloud.com'], env, ['x']);
    assert.equal(code, 69);
    assert.match(stderr, /iCloud has no POP3/);
  });

  test('removing one that is not there names those that are', async () => {
    await add([...about, password]);
    const { code, stderr } = await postrider(['accounts', 'remove', 'hom'], env);
    assert.equal(code, 64);
    assert.match(stderr, /no account 'hom'\nhint: There are: home\./);
  });

  test('test: every account, each with a reason', async () => {
    const account = (name: string, more: string): string =>
      `[accounts.${name}]\nhost = "localhost"\nuser = "ann@example.test"\nca = "${ca}"\n${more}\n`;
    mkdirSync(join(folder, 'postrider'));
    writeFileSync(
      join(folder, 'postrider', 'config.toml'),
      [
        account('good', `port = ${server.port}\npassword-command = "echo '${password}'"`),
        account('wrong', `port = ${server.port}\npassword-command = "echo wrong"`),
        account('absent', 'port = 1\npassword-command = "echo x"'),
        account('silent', `port = ${server.port}\npassword-command = "exit 3"`),
      ].join('\n'),
      { mode: 0o600 },
    );
    const { code, stdout } = await postrider(['accounts', 'test'], env);
    const lines = stdout.trimEnd().split('\n');
    assert.equal(code, 65);
    assert.match(lines[0] ?? '', /^Account +Login +Messages +How, or why not$/);
    assert.match(lines[1] ?? '', /^good +good +1 +SCRAM-SHA-512-PLUS over TLSv1\.3$/);
    assert.match(lines[2] ?? '', /^wrong +failed +localhost:\d+: while logging in: the server refused/);
    assert.match(lines[3] ?? '', /^absent +failed +localhost:1: while connecting: /);
    assert.match(
      lines[4] ?? '',
      /^silent +failed +the command of --password-command failed with exit status 3$/,
    );
    const one = await postrider(['accounts', 'test', 'good'], env);
    assert.equal(one.code, 0);
    assert.match(one.stdout, /^Account .*\ngood +good /);
    const status = await postrider(['status'], env);
    assert.equal(status.code, 65);
    assert.match(
      status.stdout,
      /^Account +Messages +Bytes\ngood +1 +25\nwrong +localhost:\d+: while logging in/,
    );
  });
});

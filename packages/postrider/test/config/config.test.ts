import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { configPath, loadConfig, parseConfig } from '../../src/config/config.ts';
import { isProgramError } from '../support/failure.ts';

const account = '[accounts.a]\nhost = "h"\nuser = "u"\n';

suite('where the configuration is', () => {
  const rows: readonly (readonly [
    what: string,
    named: string | undefined,
    env: Record<string, string>,
    path: string,
  ])[] = [
    ['the flag', '/x.toml', { POSTRIDER_CONFIG: '/y.toml' }, '/x.toml'],
    ['the environment', undefined, { POSTRIDER_CONFIG: '/y.toml', XDG_CONFIG_HOME: '/c' }, '/y.toml'],
    ['XDG', undefined, { XDG_CONFIG_HOME: '/c', HOME: '/h' }, '/c/postrider/config.toml'],
    [
      'a relative XDG folder is invalid',
      undefined,
      { XDG_CONFIG_HOME: 'c', HOME: '/h' },
      '/h/.config/postrider/config.toml',
    ],
    ['the home folder', undefined, { HOME: '/h' }, '/h/.config/postrider/config.toml'],
    [
      'no home folder that is one: the one that the system knows',
      undefined,
      { HOME: '' },
      join(userInfo().homedir, '.config/postrider/config.toml'),
    ],
  ];
  for (const [what, named, env, path] of rows) test(what, () => assert.equal(configPath(named, env), path));
});

suite('what is wrong with a configuration', () => {
  type Row = readonly [what: string, source: string, message: string, hint: RegExp];
  const rows: readonly Row[] = [
    [
      'an unknown key',
      `${account}prot = 995\n`,
      "c:4:1: there is no key 'prot' in accounts.a",
      /Did you mean 'port'/,
    ],
    [
      'an unknown key like no other',
      `${account}colour = 1\n`,
      "c:4:1: there is no key 'colour' in accounts.a",
      /help configuration/,
    ],
    [
      'an unknown key at the top',
      'acounts = 1\n',
      "c:1:1: there is no key 'acounts'",
      /Did you mean 'accounts'/,
    ],
    [
      'an unknown key of oauth',
      `${account}[accounts.a.oauth]\nclient_id = "x"\n`,
      "c:5:1: there is no key 'client_id' in accounts.a.oauth",
      /client-id/,
    ],
    [
      'an account that is called oauth',
      '[accounts.oauth]\nhost = "h"\nuser = "u"\nprot = 1\n',
      "c:4:1: there is no key 'prot' in accounts.oauth",
      /'port'/,
    ],
    [
      'a proxy that is none',
      `${account}proxy = "proxy:1080"\n`,
      'c:4:1: accounts.a.proxy wants a URL such as socks5://HOST:PORT or http://HOST:PORT',
      /Correct/,
    ],
    [
      'behind a mark of the byte order',
      `\ufeff${account}prot = 995\n`,
      "c:4:1: there is no key 'prot' in accounts.a",
      /Did you mean 'port'/,
    ],
    ['text for a number', `${account}port = "995"\n`, 'c:4:1: accounts.a.port has to be a number', /Correct/],
    [
      'a fraction for a whole number',
      `${account}port = 99.5\n`,
      'c:4:1: accounts.a.port has to be a whole number',
      /Correct/,
    ],
    [
      'a number that is too large',
      `${account}port = 65536\n`,
      'c:4:1: accounts.a.port has to be 65535 or less',
      /Correct/,
    ],
    [
      'a number that is too small',
      `${account}timeout = 0\n`,
      'c:4:1: accounts.a.timeout has to be 1 or more',
      /Correct/,
    ],
    [
      'a number for text',
      '[accounts.a]\nhost = 1\nuser = "u"\n',
      'c:2:1: accounts.a.host has to be text in quotes',
      /Correct/,
    ],
    ['empty text', '[accounts.a]\nhost = ""\nuser = "u"\n', 'c:2:1: accounts.a.host is empty', /Correct/],
    [
      'text for true or false',
      `${account}delete = "yes"\n`,
      'c:4:1: accounts.a.delete has to be true or false',
      /Correct/,
    ],
    [
      'none of a few',
      `${account}security = "starttsl"\n`,
      'c:4:1: accounts.a.security has to be one of tls, starttls, none',
      /Did you mean 'starttls'/,
    ],
    [
      'none of a few, in a list',
      `${account}auth = ["plain", "scram"]\n`,
      'c:4:1: accounts.a.auth.1 has to be one of scram-sha-512-plus',
      /Correct|Did you mean/,
    ],
    ['text for a list', `${account}auth = "plain"\n`, 'c:4:1: accounts.a.auth has to be a list', /Correct/],
    [
      'a number for a destination',
      `${account}to = 1\n`,
      'c:4:1: accounts.a.to has to be text in quotes, or a list of such texts',
      /Correct/,
    ],
    [
      'an age that is none',
      `${account}delete-after = "soon"\n`,
      'c:4:1: accounts.a.delete-after wants an age',
      /Correct/,
    ],
    [
      'two ways to delete',
      `${account}delete = true\ndelete-after = "30d"\n`,
      'c:5:1: accounts.a.delete-after contradicts delete = true: take one of them out',
      /Correct/,
    ],
    [
      'a size that is none',
      `${account}max-size = "big"\n`,
      'c:4:1: accounts.a.max-size wants a size',
      /Correct/,
    ],
    ['a missing key', '[accounts.a]\nhost = "h"\n', 'c:1:1: accounts.a.user is missing', /user = "/],
    [
      'a name with a space',
      '[accounts."a b"]\nhost = "h"\nuser = "u"\n',
      "c:1:1: 'a b' cannot be the name",
      /one word/,
    ],
    [
      'a name like an option',
      '[accounts.-x]\nhost = "h"\nuser = "u"\n',
      "c:1:1: '-x' cannot be the name",
      /one word/,
    ],
    ['accounts that are no table', 'accounts = 1\n', 'c:1:1: accounts has to be a table', /Correct/],
    ['accounts that are a date', 'accounts = 2026-01-02\n', 'c:1:1: accounts has to be a table', /Correct/],
    ['accounts that are a list', 'accounts = []\n', 'c:1:1: accounts has to be a table', /Correct/],
    ['a key twice', `${account}host = "i"\n`, 'c:4:', /twice/],
    ['a table twice', `${account}${account}`, 'c:4:', /twice/],
    ['no TOML', '[accounts.a\n', 'c:1:', /toml\.io/],
    ['text without quotes', '[accounts.a]\nhost = pop.example.org\n', 'c:2:', /quotes/],
  ];
  for (const [what, source, message, hint] of rows) {
    test(what, async () => {
      await assert.rejects(parseConfig(source, 'c'), (error) => {
        assert.ok(isProgramError(error));
        assert.ok(error.message.startsWith(message), error.message);
        assert.doesNotMatch(error.message, /\n/);
        assert.match(error.hint ?? '', hint);
        assert.equal(error.exitCode, 78);
        return true;
      });
    });
  }

  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    test(`${name} is a name like any other`, async () => {
      const source = account.replace('accounts.a', `accounts.${name}`);
      const { accounts } = await parseConfig(source, 'c');
      assert.deepEqual([...(accounts ?? [])], [[name, { host: 'h', user: 'u' }]]);
      await assert.rejects(parseConfig(`${source}prot = 995\n`, 'c'), {
        message: `c:4:1: there is no key 'prot' in accounts.${name}`,
      });
      await assert.rejects(parseConfig(`${account}${name} = 1\n`, 'c'), {
        message: `c:4:1: there is no key '${name}' in accounts.a`,
      });
      assert.equal(Reflect.get({}, 'host'), undefined);
    });
  }
});

suite('reading the configuration', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'pr-config-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  test("the user's own file need not exist, one that was named must", async () => {
    assert.equal((await loadConfig(undefined, { XDG_CONFIG_HOME: folder })).exists, false);
    const nowhere = join(folder, 'nowhere.toml');
    await assert.rejects(loadConfig(nowhere, {}), { exitCode: 78, message: /does not exist/ });
    await assert.rejects(loadConfig(undefined, { POSTRIDER_CONFIG: nowhere }), { exitCode: 78 });
    assert.equal((await loadConfig(nowhere, {}, { new: true })).exists, false);
  });

  test('a folder in its place', async () => {
    mkdirSync(join(folder, 'folder.toml'));
    await assert.rejects(loadConfig(join(folder, 'folder.toml'), {}), {
      exitCode: 78,
      message: /cannot be read/,
    });
  });

  test('one that is not UTF-8 is refused: it would be written back with other characters', async () => {
    const path = join(folder, 'latin1.toml');
    writeFileSync(path, Buffer.from(`# caf\xe9\n${account}`, 'latin1'), { mode: 0o600 });
    await assert.rejects(loadConfig(path, {}), { exitCode: 78, message: `${path}: it is not UTF-8` });
  });

  type Row = readonly [what: string, text: string, mode: number, refused: RegExp | undefined];
  const rows: readonly Row[] = [
    ['others may read what holds no secret', account, 0o644, undefined],
    ['others may not write it', account, 0o664, /written by others/],
    ['a password command', `${account}password-command = "true"\n`, 0o640, /others can read it/],
    ['a token command', `${account}token-command = "true"\n`, 0o604, /others can read it/],
    ['the password of a proxy', `${account}proxy = "socks5://u:p@h:1"\n`, 0o644, /others can read it/],
    ['a proxy without one', `${account}proxy = "socks5://h:1"\n`, 0o644, undefined],
    [
      'a command to get a client secret',
      `${account}[accounts.a.oauth]\nclient-id = "c"\nclient-secret-command = "true"\n`,
      0o644,
      /others can read it/,
    ],
    ['secrets in a file of its owner alone', `${account}password-command = "true"\n`, 0o600, undefined],
  ];
  for (const [index, [what, text, mode, refused]] of rows.entries()) {
    test(what, { skip: process.platform === 'win32' }, async () => {
      const path = write(`mode-${index}.toml`, text, mode);
      if (refused === undefined) assert.equal((await loadConfig(path, {})).accounts.size, 1);
      else
        await assert.rejects(loadConfig(path, {}), {
          exitCode: 78,
          message: refused,
          hint: `Run: chmod 600 ${path}`,
        });
    });
  }
});

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeCertificate } from '../../src/certificate/certificate.ts';
import { postriderIn, type Ran, type World } from '../support/run.ts';

/** Which secret the server was shown, by the user that it lets in with each. */
const secrets = {
  flag: 'from a flag, with spaces',
  file: 'from a file: pässwörd',
  environment: 'from the environment',
  prompt: 'from the prompt',
  token: 'token-from-a-command',
  environmentToken: 'token-from-the-environment',
};

suite('the credential comes from', () => {
  let folder: string;
  let server: Pop3Server;
  let place: string[];
  const tokens: string[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pr-credential-'));
    const certificate = await makeCertificate('localhost');
    writeFileSync(join(folder, 'ca.pem'), certificate.cert);
    const maildrop = new MemoryMaildrop([]);
    server = new Pop3Server({
      users: {
        password: (user) => Object.entries(secrets).find(([name]) => name === user)?.[1],
        checkToken: (user, token) => {
          tokens.push(token);
          return Object.entries(secrets).some(([name, value]) => name === user && value === token);
        },
      },
      maildrop: () => maildrop,
      tls: certificate,
      failureDelay: 0,
    });
    const { port } = await server.listen({ security: 'tls' });
    place = ['--port', String(port), '--ca', join(folder, 'ca.pem')];
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (name: string, text: string, mode = 0o600): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };
  const script = (name: string, text: string): string => file(name, `#!/bin/sh\n${text}\n`, 0o700);

  function status(user: string, words: readonly string[], world: World = {}): Promise<Ran> {
    return postriderIn(world, ['status', 'localhost', user, ...place, ...words]);
  }

  async function works(user: string, words: readonly string[], world: World = {}): Promise<void> {
    const { code, stdout, stderr } = await status(user, words, world);
    assert.equal(stdout, 'You have 0 messages totaling 0 bytes.\n', stderr);
    assert.equal(code, 0);
  }

  /** One sentence, one hint, no secret. */
  async function fails(
    words: readonly string[],
    expected: { readonly code: number; readonly sentence: RegExp; readonly hint: RegExp },
    world: World = {},
  ): Promise<void> {
    const { code, stdout, stderr } = await status('flag', words, world);
    assert.match(stderr, expected.sentence);
    assert.match(/^hint: (.*)$/m.exec(stderr)?.[1] ?? '', expected.hint);
    assert.equal(code, expected.code);
    assert.equal(stdout, '');
    assert.doesNotMatch(stderr, /not-to-be-seen|\n\s+at /);
  }

  test('--password-command: the first line that it prints, whatever is behind', async () => {
    await works('flag', ['--password-command', `printf '%s\\nsecond line\\n' '${secrets.flag}'`]);
    await works('flag', ['--password-command', script('print', `printf '%s\\r\\n' '${secrets.flag}'`)]);
  });

  test('--password-file: its first line', async () => {
    await works('file', ['--password-file', file('password', `${secrets.file}\nuser: ann\n`)]);
    await works('file', ['--password-file', file('no-line-end', secrets.file, 0o400)]);
  });

  test('--password-file -: standard input', async () => {
    await works('file', ['--password-file', '-'], { stdin: `${secrets.file}\n` });
  });

  test('POSTRIDER_PASSWORD, POSTRIDER_TOKEN', async () => {
    await works('environment', [], { env: { POSTRIDER_PASSWORD: secrets.environment } });
    await works('environmentToken', [], { env: { POSTRIDER_TOKEN: secrets.environmentToken } });
  });

  test('--token-command', async () => {
    await works('token', ['--token-command', `echo ${secrets.token}`]);
  });

  test('--token-command is run again, once, where the server refuses the first token', async () => {
    tokens.length = 0;
    const once = join(folder, 'asked');
    const command = script(
      'refresh',
      `if [ -e '${once}' ]; then echo ${secrets.token}; else touch '${once}'; echo stale; fi`,
    );
    await works('token', ['--token-command', command]);
    assert.deepEqual(tokens, ['stale', secrets.token]);
  });

  test('a hidden prompt, where there is no other', async () => {
    const { stdout, asked } = await status('prompt', [], { answers: [secrets.prompt] });
    assert.equal(stdout, 'You have 0 messages totaling 0 bytes.\n');
    assert.deepEqual(asked, ['Password for prompt at localhost:']);
  });

  test('flags before the environment, the environment before a prompt', async () => {
    const env = { POSTRIDER_PASSWORD: secrets.environment };
    await works('flag', ['--password-command', `echo '${secrets.flag}'`], { env, answers: ['x'] });
    await works('environment', [], { env, answers: ['x'] });
  });

  test('a flag before what the account says', async () => {
    const config = file(
      'config.toml',
      `[accounts.home]\nhost = "localhost"\nuser = "flag"\npassword-command = "echo wrong"\n`,
    );
    const words = [
      'status',
      'home',
      '--config',
      config,
      ...place,
      '--password-command',
      `echo '${secrets.flag}'`,
    ];
    const { code, stderr } = await postriderIn({}, words);
    assert.equal(code, 0, stderr);
  });

  suite('failures of a command', () => {
    const rows: readonly (readonly [name: string, command: string, sentence: RegExp, hint: RegExp])[] = [
      [
        'its exit status',
        'echo not-to-be-seen; exit 3',
        /--password-command failed with exit status 3/,
        /by hand/,
      ],
      ['its signal', 'kill -9 $$', /failed with signal SIGKILL/, /by hand/],
      ['it does not exist', 'no-such-command-of-mine', /failed with exit status 127/, /no such command/],
      ['it may not be run', '/dev/null', /failed with exit status 126/, /permissions/],
      ['it prints nothing', 'true', /printed nothing/, /first line/],
      ['its first line is empty', 'echo; echo not-to-be-seen', /printed nothing/, /first line/],
      ['it prints without end', 'yes not-to-be-seen', /far too much/, /nothing else/],
    ];
    for (const [name, command, sentence, hint] of rows) {
      test(`${name}: exit code 74`, async () => {
        await fails(['--password-command', command], { code: 74, sentence, hint });
      });
    }
  });

  suite('failures of a file', () => {
    for (const mode of [0o644, 0o640, 0o604, 0o660]) {
      test(`others can read it (${mode.toString(8)}): exit code 78, and the command that mends it`, async () => {
        const path = file('readable', 'not-to-be-seen\n', mode);
        const hint = new RegExp(`^Run: chmod 600 ${path}$`);
        await fails(['--password-file', path], {
          code: 78,
          sentence: /can be read by others \(mode 6\d\d\)/,
          hint,
        });
      });
    }
    test('it is not there', async () => {
      const path = join(folder, 'nowhere');
      await fails(['--password-file', path], {
        code: 74,
        sentence: /nowhere cannot be read: no such file/,
        hint: /path/,
      });
    });
    test('it is a folder', async () => {
      const path = join(folder, 'a-folder');
      mkdirSync(path, { mode: 0o700 });
      await fails(['--password-file', path], {
        code: 74,
        sentence: /cannot be read: .*directory/i,
        hint: /path/,
      });
    });
    test('it is empty', async () => {
      const path = file('empty', '\n');
      await fails(['--password-file', path], {
        code: 74,
        sentence: /no password in .*empty/,
        hint: /first line/,
      });
    });
    test('standard input is empty', async () => {
      await fails(['--password-file', '-'], {
        code: 74,
        sentence: /no password in standard input/,
        hint: /first line/,
      });
    });
  });

  test('no terminal: refused, with the alternatives named', async () => {
    await fails([], {
      code: 64,
      sentence: /a password is needed, and there is no terminal/,
      hint: /--password-command.*--password-file.*POSTRIDER_PASSWORD.*postrider login/,
    });
  });

  test('no token, where only a token would do: a password is not asked for', async () => {
    const world = { answers: ['not-to-be-seen'] };
    await fails(
      ['--auth', 'xoauth2,oauthbearer'],
      { code: 64, sentence: /an access token is needed/, hint: /--token-command.*POSTRIDER_TOKEN.*login/ },
      world,
    );
  });

  test('an empty answer to the prompt is no password', async () => {
    const { code, stderr } = await status('prompt', [], { answers: [''] });
    assert.equal(code, 64);
    assert.match(stderr, /must not be empty/);
  });

  test('there is no --password option, and none that turns certificate checks off', async () => {
    for (const option of ['--password=not-to-be-seen', '--insecure', '--no-verify']) {
      const { code } = await status('flag', [option]);
      assert.equal(code, 64);
    }
  });
});

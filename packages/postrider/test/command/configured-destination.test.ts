import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, suite, test } from 'node:test';
import { startMaildrop, type TestMaildrop } from '../support/maildrop.ts';
import { postrider, type Ran } from '../support/run.ts';

suite('where a relative destination is', () => {
  let server: TestMaildrop;
  let home: string;
  before(async () => {
    server = await startMaildrop(['Subject: hello\n\nworld\n']);
    home = realpathSync(mkdtempSync(join(tmpdir(), 'pr-home-')));
  });
  after(async () => {
    await server.close();
    rmSync(home, { recursive: true, force: true });
  });

  const collect = (...words: string[]) =>
    postrider(['collect', ...words, '--ledger', join(home, 'ledger')], { ...server.env, HOME: home });

  test('a configured one is in the home folder, and is called as it was written', async () => {
    const config = join(home, 'config.toml');
    const account = `host = "127.0.0.1"\nuser = "ann@example.test"\nport = ${server.port}\npin = "${server.pin}"\n`;
    writeFileSync(config, `[accounts.home]\n${account}to = "maildir:Mail"\n`, { mode: 0o600 });
    const { stdout, code, stderr } = await collect('home', '--config', config);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /delivered to maildir:Mail,/);
    assert.equal(readdirSync(join(home, 'Mail', 'new')).length, 1);
  });

  test('~/ is the home folder on the command line, too, where no shell says so', async () => {
    const { code, stderr } = await collect(...server.words, '--to', 'eml:~/out');
    assert.equal(code, 0, stderr);
    assert.equal(existsSync(join(home, 'out')), true);
    assert.equal(existsSync('~'), false);
  });

  suite('in two working folders', () => {
    const start = process.cwd();
    afterEach(() => process.chdir(start));
    const from = (folder: string, ledger: string, ...words: string[]): Promise<Ran> => {
      mkdirSync(join(home, folder), { recursive: true });
      process.chdir(join(home, folder));
      return postrider(['collect', ...server.words, ...words, '--ledger', join(home, ledger)], {
        ...server.env,
        HOME: home,
      });
    };
    const count = (folder: string): number => readdirSync(join(home, folder, 'Mail', 'new')).length;

    test('the same words are two destinations', async () => {
      // The command keeps the message from being done.
      const away = ['--to', 'maildir:Mail', '--to', 'command:exit 75'];
      assert.equal((await from('one', 'two-folders', ...away)).code, 65);
      assert.equal(count('one'), 1);
      assert.equal((await from('two', 'two-folders', ...away)).code, 65);
      assert.equal(count('two'), 1);
      const { stdout } = await postrider(
        ['ledger', 'show', ...server.words.slice(0, 4), '--json', '--ledger', join(home, 'two-folders')],
        { HOME: home },
      );
      assert.deepEqual(JSON.parse(stdout)[0].delivered, [
        `maildir:${join(home, 'one', 'Mail')}`,
        `maildir:${join(home, 'two', 'Mail')}`,
      ]);
    });

    test('other words for one place are one destination', async () => {
      const words = ['mbox:box', 'mbox:./box', `mbox:${join(home, 'three', 'box')}`, 'mbox:~/three/box'];
      const { code, stdout, stderr } = await from(
        'three',
        'one-place',
        ...words.flatMap((one) => ['--to', one]),
      );
      assert.equal(code, 0, stderr);
      assert.match(stdout, /delivered to mbox:box,/);
      assert.equal(readFileSync(join(home, 'three', 'box'), 'utf8').match(/^From /gm)?.length, 1);
    });
  });
});

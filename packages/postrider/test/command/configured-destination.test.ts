import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { startMaildrop, type TestMaildrop } from '../support/maildrop.ts';
import { postrider } from '../support/run.ts';

suite('where a relative destination is', () => {
  let server: TestMaildrop;
  let home: string;
  before(async () => {
    server = await startMaildrop(['Subject: hello\n\nworld\n']);
    home = mkdtempSync(join(tmpdir(), 'pr-home-'));
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
});

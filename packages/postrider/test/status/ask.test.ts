import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { password, startMaildrop, type TestMaildrop } from '../support/maildrop.ts';
import { postrider } from '../support/run.ts';

suite('several accounts that ask for their passwords', () => {
  const servers: TestMaildrop[] = [];
  let folder: string;
  let words: readonly string[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pr-ask-'));
    for (let count = 0; count < 3; count++) servers.push(await startMaildrop(['\n\n']));
    const accounts = servers.map(
      ({ port, pin }, index) =>
        `[accounts.a${index}]\nhost = "127.0.0.1"\nuser = "ann@example.test"\nport = ${port}\npin = "${pin}"\n`,
    );
    const config = join(folder, 'config.toml');
    writeFileSync(config, accounts.join('\n'), { mode: 0o600 });
    words = ['status', '--config', config];
  });
  after(async () => {
    for (const server of servers) await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('are asked one after the other', async () => {
    const { code, stdout, stderr, asked } = await postrider(words, { HOME: folder }, [
      password,
      'wrong',
      password,
    ]);
    assert.equal(asked.length, 3);
    assert.equal(code, 65, stderr);
    assert.match(stdout, /^a0 +1 .*\na1 +127\.0\.0\.1:\d+: while logging in: .*\na2 +1 /m);
  });

  test('Ctrl-C at one of the questions ends it all', async () => {
    const closed = Object.assign(new Error('closed'), { name: 'ExitPromptError' });
    const { code, stdout, asked } = await postrider(words, { HOME: folder }, [password, closed, password]);
    assert.equal(code, 130);
    assert.equal(stdout, '');
    assert.equal(asked.length, 2);
  });

  test('without a terminal, each says what it lacks', async () => {
    const { code, stdout } = await postrider(words, { HOME: folder });
    assert.equal(code, 65);
    assert.equal(stdout.match(/a password is needed/g)?.length, 3);
  });
});

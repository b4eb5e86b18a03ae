import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { Pop3Client } from '@postrider/pop3';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { listen } from '../support/listen.ts';
import { postrider, postriderIn, type Ran } from '../support/run.ts';
import { message, readMaildir } from '../support/scene.ts';

/** What a server saw. */
interface Host {
  readonly name: string;
  readonly port: number;
  /** The most sessions at the same time. */
  most: number;
}

suite('twenty accounts on several servers, some of which cannot be collected', () => {
  const servers: Pop3Server[] = [];
  const hosts: Host[] = [];
  const users = Array.from({ length: 17 }, (_, index) => `user${index}`);
  let folder: string;
  let env: Record<string, string>;
  let holder: Pop3Client;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pr-many-'));
    // Four names of this machine, so that there are four hosts.
    for (const name of ['127.0.0.1', '127.0.0.2', '127.0.0.3', 'localhost'])
      hosts.push(await startHost(name));
    const dead = await listen(createServer(), '127.0.0.4');
    await dead.close();
    const busy = await startHost('127.0.0.5');
    holder = await Pop3Client.connect({ host: busy.name, port: busy.port, security: 'none' });
    await holder.authenticate({ user: 'user-busy', password: 'p4ss' });
    const of = (index: number): Host => hosts[index % hosts.length] ?? { name: '', port: 0, most: 0 };
    const tables = [
      ...users.map((user, index) => account(user, of(index))),
      account('user-dead', { name: '127.0.0.4', port: dead.port }),
      account('user-wrong', of(0), 'password-command = "echo wr0ng"\n'),
      account('user-busy', busy),
    ];
    const path = join(folder, 'config.toml');
    writeFileSync(path, tables.join('\n'), { mode: 0o600 });
    env = { POSTRIDER_PASSWORD: 'p4ss', POSTRIDER_CONFIG: path, XDG_STATE_HOME: folder };
  });
  after(async () => {
    holder.destroy();
    for (const server of servers) await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function account(user: string, { name, port }: { name: string; port: number }, more = ''): string {
    return `[accounts.${user}]\nhost = "${name}"\nport = ${port}\nsecurity = "none"\nuser = "${user}"\nto = "maildir:${folder}/Mail"\n${more}`;
  }

  async function startHost(name: string): Promise<Host> {
    const host = { name, port: 0, most: 0 };
    let now = 0;
    const server = new Pop3Server({
      users: Object.fromEntries([...users, 'user-wrong', 'user-busy'].map((user) => [user, 'p4ss'])),
      maildrop: (user) => new MemoryMaildrop([message(numberOf(user)), message(numberOf(user) + 100)]),
      failureDelay: 0,
      log: ({ event }) => {
        if (event === 'login') host.most = Math.max(host.most, ++now);
        if (event === 'quit') now--;
      },
    });
    servers.push(server);
    const { port } = await server.listen({ host: name });
    return Object.assign(host, { port });
  }

  const numberOf = (user: string): number => Number(user.replace('user', ''));
  const expected = users.flatMap((user) => [message(numberOf(user)), message(numberOf(user) + 100)]).sort();
  const collect = (...words: string[]): Promise<Ran> =>
    postrider(['collect', '--retries', '0', ...words], env);

  test('those that can be are, whatever happens to the others; a table says how each went', async () => {
    const { code, stdout, stderr } = await collect();
    assert.equal(code, 65, stderr);
    assert.deepEqual(readMaildir(join(folder, 'Mail')), expected);
    const [heading, ...lines] = stdout.trimEnd().split('\n');
    assert.match(heading ?? '', /^Account +New +Size +Here +Deleted +Left +Failed +Result$/);
    assert.equal(lines.length, 20);
    for (const line of lines.slice(0, 17)) assert.match(line, /^user\d+ +2 +\d+ B +0 +0 +0 +0 {2}done$/);
    assert.match(lines[17] ?? '', /^user-dead .* while connecting: the connection was refused$/);
    assert.match(lines[18] ?? '', /^user-wrong .* while logging in: /);
    assert.match(lines[19] ?? '', /^user-busy .* while logging in: .*\[IN-USE\]/);
    for (const name of ['user-dead', 'user-wrong', 'user-busy'])
      assert.match(stderr, new RegExp(`^postrider: ${name}: 127\\.0\\.0\\.\\d:\\d+: while .*$`, 'm'));
    assert.doesNotMatch(stdout + stderr, /p4ss|wr0ng/);
  });

  test('at most two sessions at once on one host', () => {
    for (const { name, most } of hosts) assert.ok(most === 1 || most === 2, `${name}: ${most}`);
    assert.ok(hosts.some(({ most }) => most === 2));
  });

  test('again: nothing is new; --json has one summary for each account', async () => {
    const { stdout } = await collect('--json');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line): Record<string, unknown> => JSON.parse(line));
    const summaries = lines.filter(({ type }) => type === 'summary');
    assert.equal(summaries.length, 20);
    const by = (account: string) => summaries.find((one) => one['account'] === account) ?? {};
    assert.deepEqual([by('user3')['retrieved'], by('user3')['known'], by('user3')['exitCode']], [0, 2, 0]);
    assert.deepEqual(
      ['user-dead', 'user-wrong', 'user-busy'].map((name) => by(name)['exitCode']),
      [69, 77, 75],
    );
  });

  test('the table fits a terminal of 80 columns, also with a long name in it', async () => {
    const path = join(folder, 'long.toml');
    const [host = { name: '', port: 0 }] = hosts;
    const long = 'user1-at-a-provider-with-a-long-name';
    const tables = [
      account('user0', host),
      account('user1', host).replace('accounts.user1', `accounts.${long}`),
    ];
    writeFileSync(path, tables.join('\n'), { mode: 0o600 });
    const { stdout } = await postriderIn({ env, columns: 80 }, ['collect', '-n', '--config', path]);
    assert.match(stripVTControlCharacters(stdout), /^user1-at-a.*… {2}.*done$/m);
    for (const line of stripVTControlCharacters(stdout).split('\n')) assert.ok(line.length <= 80, line);
  });

  test('one at a time with --jobs 1', async () => {
    for (const host of hosts) host.most = 0;
    assert.equal((await collect('--jobs', '1', ...users)).code, 0);
    for (const { most } of hosts) assert.equal(most, 1);
  });

  test('accounts that all fail alike give that exit code', async () => {
    assert.equal((await collect('user-busy')).code, 75);
    assert.equal((await collect('user-dead')).code, 69);
  });

  test('the same account twice is collected once', async () => {
    assert.match((await collect('user0', 'user0')).stdout, /^0 new messages [^\n]*\n$/);
  });

  test('passwords are asked for one after the other, before anything begins', async () => {
    const { POSTRIDER_PASSWORD: _, ...quiet } = env;
    const three = users.slice(0, 3);
    const ran = await postriderIn({ env: quiet, answers: ['p4ss', 'p4ss', 'p4ss'] }, ['collect', ...three]);
    assert.deepEqual(
      ran.asked,
      three.map((user, index) => `Password for ${user} at ${hosts[index]?.name}:`),
    );
    assert.equal(ran.code, 0, ran.stderr);
  });

  test('who leaves at a prompt collects nothing', async () => {
    const { POSTRIDER_PASSWORD: _, ...quiet } = env;
    const left = Object.assign(new Error('left'), { name: 'ExitPromptError' });
    const ran = await postriderIn({ env: quiet, answers: ['p4ss', left] }, ['collect', ...users.slice(0, 3)]);
    assert.equal(ran.code, 130);
    assert.equal(ran.stdout, '');
  });

  test('an account that is set up wrongly does not keep the others waiting', async () => {
    const path = join(folder, 'broken.toml');
    const host = hosts[0] ?? { name: '', port: 0 };
    const tables = [
      account('user0', host),
      account('user4', host, 'password-command = "exit 3"\n'),
      account('user8', host).replace(/^to = .*$/m, ''),
      account('user12', host).replace(/^to = .*$/m, 'to = "nowhere:x"'),
    ];
    writeFileSync(path, tables.join('\n'), { mode: 0o600 });
    const { code, stdout, stderr } = await postrider(['collect', '--config', path], env);
    assert.equal(code, 65);
    assert.match(stdout, /^user0 +0 .* done$/m);
    assert.match(stdout, /^user4 .* the command of --password-command failed with exit status 3$/m);
    assert.match(stdout, /^user8 .* there is no destination$/m);
    assert.match(stderr, /^postrider: user12: 'nowhere:x' is no destination\nhint: There are: maildir:PATH/m);
  });
});

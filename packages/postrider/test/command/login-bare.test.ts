import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makeBrowser } from '../support/browser.ts';
import { postriderProcess } from '../support/process.ts';
import { type MailWorld, makeMailWorld, person, shared, table } from '../support/world.ts';

// A process with no terminal, no desktop, and nothing in its environment. Only on Linux is a keyring missing with those.
const keyring = process.platform === 'linux' ? '' : 'none';

suite('login on a machine without keyring, terminal and browser', () => {
  let world: MailWorld;
  let daemon: string;
  before(async () => {
    world = await makeMailWorld();
    const application = [
      `issuer = "${world.oauth.issuer}"`,
      `client-id = "${world.oauth.daemonClientId}"`,
      'flow = "client-credentials"',
    ];
    daemon = application.join('\n');
    world.configure({
      home: undefined,
      work: table(world.oauth),
      nobody: table(world.oauth).replace(/client-id.*/, ''),
    });
  });
  after(() => world.close());

  interface Case {
    readonly name: string;
    readonly words: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly code: number;
    readonly says: RegExp;
  }
  const kept =
    /^note: there is no keyring that works here; it is kept in \S+secrets\.json, which only you can read\n$/;
  const sentence = (what: string, hint: string): RegExp =>
    new RegExp(`^postrider: ${what}\nhint: ${hint}.*\n$`);

  const cases: readonly Case[] = [
    {
      name: 'a password that comes from nowhere',
      words: ['home'],
      code: 64,
      says: sentence(
        'a password is needed, and there is no terminal to ask for it',
        'Give --password-command',
      ),
    },
    {
      name: 'a password from the environment works',
      words: ['home'],
      env: { POSTRIDER_PASSWORD: person.password },
      code: 0,
      says: kept,
    },
    {
      name: 'a client id that comes from nowhere',
      words: ['nobody'],
      code: 64,
      says: sentence(
        'nobody needs a client id for \\S+, and there is no terminal to ask for it',
        'Give --client-id',
      ),
    },
    {
      name: 'a browser that nobody goes to',
      words: ['work', '--flow', 'browser', '--wait', '1'],
      code: 75,
      says: /There is no browser to open here\. .*postrider help oauth\npostrider: nobody signed in within 1 second\nhint: .*\n$/,
    },
    {
      name: 'a code that nobody enters',
      words: ['work', '--wait', '1'],
      code: 75,
      says: /^On any device, open .*postrider: nobody signed in within 1 second\nhint: .*\n$/s,
    },
  ];
  for (const { name, words, env = {}, code, says } of cases) {
    test(`${name}: ${code}`, async () => {
      const bare = { ...world.env, POSTRIDER_KEYRING: keyring, BROWSER: '', ...env };
      const ran = await postriderProcess(['login', ...words], bare);
      assert.equal(ran.code, code, ran.stderr);
      assert.match(ran.stderr, says);
    });
  }

  test('an application works: it needs none of them', async () => {
    const secret = 'client-secret-command = "echo daemon-secret"';
    const config = world.configure({ shared: `${daemon}\n${secret}` }, { user: shared, file: 'shared.toml' });
    const env = { ...world.env, POSTRIDER_CONFIG: config, POSTRIDER_KEYRING: keyring, BROWSER: '' };
    const { code, stderr } = await postriderProcess(['login', 'shared'], env);
    assert.equal(code, 0, stderr);
    assert.match(stderr, kept);
  });

  test('a browser that is named works', async () => {
    const browser = makeBrowser(world.folder);
    const env = { ...world.env, POSTRIDER_KEYRING: keyring, BROWSER: '' };
    const words = ['login', 'work', '--flow', 'browser', '--browser', browser];
    const { code, stderr } = await postriderProcess(words, env);
    assert.equal(code, 0, stderr);
  });
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { makeBrowser } from '../../packages/postrider/test/support/browser.ts';
import { type MailWorld, makeMailWorld, person, table } from '../../packages/postrider/test/support/world.ts';
import { postrider, type Ran } from '../src/postrider.ts';
import { requireProgram } from '../src/require-program.ts';
import { type SecretService, startSecretService } from '../src/secret-service.ts';

const answer = 'You have 1 message totaling 25 bytes.\n';

suite('the keyring of a desktop', requireProgram('dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'), () => {
  let world: MailWorld;
  let service: SecretService;
  let env: Record<string, string>;

  before(async () => {
    world = await makeMailWorld();
    world.configure({ work: table(world.oauth), home: undefined });
    service = await startSecretService();
    env = { ...world.env, ...service.env, POSTRIDER_KEYRING: '', BROWSER: makeBrowser(folder()) };
  });
  after(async () => {
    await service?.stop();
    await world?.close();
  });

  const folder = (): string => world.env['XDG_STATE_HOME'] ?? '';
  const run = (words: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    postrider(words, { ...env, ...more });
  const secrets = (): boolean => existsSync(join(folder(), 'postrider', 'secrets.json'));
  const succeeds = ({ code, stderr }: Pick<Ran, 'code' | 'stderr'>): void => assert.equal(code, 0, stderr);

  test('keeps a password, until logout', async () => {
    const login = await run(['login', 'home'], { POSTRIDER_PASSWORD: person.password });
    succeeds(login);
    assert.match(login.stdout, /The password is kept in the operating system's keyring\.\n$/);
    assert.equal(login.stderr, '');
    assert.equal(secrets(), false);
    assert.equal((await run(['status', 'home'])).stdout, answer);
    succeeds(await run(['logout', 'home']));
    assert.equal((await run(['status', 'home'])).code, 64);
  });

  test('keeps tokens, and those that they are refreshed to', async () => {
    const login = await run(['login', 'work', '--flow', 'browser']);
    succeeds(login);
    assert.match(login.stdout, /The tokens are kept in the operating system's keyring\.\n$/);
    assert.equal(secrets(), false);
    await world.oauth.endAccess(world.shown.at(-1) ?? '');
    const before = world.oauth.grants.length;
    assert.equal((await run(['status', 'work'])).stdout, answer);
    assert.equal((await run(['status', 'work'])).stdout, answer);
    assert.deepEqual(world.oauth.grants.slice(before), ['refresh_token']);
    assert.equal(secrets(), false);
  });

  test('takes the place of the file that stood in for it', async () => {
    const login = ['login', 'work', '--flow', 'browser'];
    succeeds(await run(login, { POSTRIDER_KEYRING: 'none' }));
    assert.deepEqual(Object.keys(world.kept()), ['oauth/work']);
    succeeds(await run(login));
    assert.deepEqual(world.kept(), {});
  });

  test('without it, what it holds is missed in one sentence', async () => {
    succeeds(await run(['login', 'work', '--flow', 'browser']));
    const { code, stderr } = await run(['status', 'work'], {
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    });
    assert.equal(code, 77);
    assert.equal(stderr, 'postrider: there are no tokens for work yet\nhint: Run: postrider login work\n');
  });

  // The last one: nobody unlocks it again.
  test('locked, it is not said to have forgotten anything', async () => {
    succeeds(await run(['login', 'home'], { POSTRIDER_PASSWORD: person.password }));
    await service.lock();
    for (const words of [
      ['logout', 'home'],
      ['accounts', 'remove', 'home'],
    ]) {
      const { code, stdout, stderr } = await run(words);
      assert.equal(code, 74, stderr);
      assert.equal(stdout, '');
      assert.match(stderr, /keyring is there, and refuses: .*\nhint: Unlock it, and run it again\./);
    }
    assert.equal((await run(['logout', 'home'], { POSTRIDER_KEYRING: 'none' })).code, 0);
  });
});

import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { type MailWorld, makeMailWorld, person, table } from '../support/world.ts';

suite('logout', () => {
  let world: MailWorld;
  before(async () => {
    world = await makeMailWorld();
  });
  after(() => world.close());
  beforeEach(() => world.configure({ work: table(world.oauth), home: undefined }));

  test('revokes tokens, and forgets them', async () => {
    await world.runWithPerson(['login', 'work']);
    const { refreshToken = '', accessToken } = world.tokens('work');
    const { code, stdout } = await world.run(['logout', 'work']);
    assert.equal(code, 0);
    assert.equal(stdout, 'Forgot what was kept for work. Its tokens were revoked.\n');
    assert.equal(await world.oauth.isGood(refreshToken), false);
    assert.equal(await world.oauth.userOf(accessToken), undefined);
    assert.deepEqual(world.kept(), {});
    assert.equal((await world.run(['status', 'work'])).code, 77);
  });

  test('forgets a password', async () => {
    await world.run(['login', 'home'], [person.password]);
    const { code, stdout } = await world.run(['logout', 'home', '--json']);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { account: 'home', forgotten: true, revoked: false });
    assert.deepEqual(world.kept(), {});
  });

  test('forgets tokens that cannot be revoked, says so, and exits with 65', async () => {
    await world.runWithPerson(['login', 'work']);
    const elsewhere = { ...world.tokens('work').server, revocation_endpoint: 'http://127.0.0.1:1/revoke' };
    world.change('work', { server: elsewhere });
    const { code, stdout, stderr } = await world.run(['logout', 'work']);
    assert.equal(code, 65);
    assert.equal(stdout, 'Forgot what was kept for work.\n');
    assert.match(stderr, /warning: the tokens could not be revoked: 127\.0\.0\.1:1: .*cannot be reached/);
    assert.deepEqual(world.kept(), {});
  });

  test('is part of removing an account', async () => {
    await world.runWithPerson(['login', 'work']);
    const { refreshToken = '' } = world.tokens('work');
    const { code, stderr } = await world.run(['accounts', 'remove', 'work']);
    assert.equal(code, 0, stderr);
    assert.equal(await world.oauth.isGood(refreshToken), false);
    assert.deepEqual(world.kept(), {});
  });

  test('says where there is nothing', async () => {
    const { code, stdout } = await world.run(['logout', 'home']);
    assert.deepEqual([code, stdout], [0, 'Nothing is kept for home.\n']);
    const unknown = await world.run(['logout', 'wrok']);
    assert.equal(unknown.code, 64);
    assert.match(
      unknown.stderr,
      /there is no account 'wrok', and nothing is kept for it\nhint: There are: work, home/,
    );
  });

  test('forgets what an account left behind that is no longer configured', async () => {
    await world.run(['login', 'home'], [person.password]);
    world.configure({ work: table(world.oauth) });
    assert.equal((await world.run(['logout', 'home'])).stdout, 'Forgot what was kept for home.\n');
  });
});

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fetchThrough } from '../../src/oauth/fetch-through.ts';
import { makeBrowser } from '../support/browser.ts';
import { listen } from '../support/listen.ts';
import { postriderProcess } from '../support/process.ts';
import { startTunnel, type Tunnel } from '../support/tunnel.ts';
import { type MailWorld, makeMailWorld, table } from '../support/world.ts';

suite('tokens through a proxy', () => {
  let world: MailWorld;
  let tunnel: Tunnel;
  before(async () => {
    world = await makeMailWorld();
    tunnel = await startTunnel();
    world.configure({ work: table(world.oauth) }, { lines: [`proxy = "${tunnel.url}"`] });
  });
  after(async () => {
    await tunnel.close();
    await world.close();
  });

  test('every request to the provider takes the way of the mail: login, refresh, logout', async () => {
    const { host } = new URL(world.oauth.issuer);
    const requests = (): number => tunnel.targets.filter((target) => target === host).length;
    const login = await world.runWithPerson(['login', 'work', '--flow', 'browser']);
    assert.equal(login.code, 0, login.stderr);
    // Its metadata, and the code for tokens.
    assert.equal(requests(), 2);
    world.change('work', { obtainedAt: 0, expiresAt: 1 });
    const status = await world.run(['status', 'work']);
    assert.equal(status.code, 0, status.stderr);
    assert.equal(requests(), 3);
    const logout = await world.run(['logout', 'work']);
    assert.match(logout.stdout, /Its tokens were revoked/);
    assert.equal(requests(), 4);
  });

  test('nothing goes past a proxy that is not there', async () => {
    await world.runWithPerson(['login', 'work', '--flow', 'browser']);
    world.configure({ work: table(world.oauth) }, { lines: ['proxy = "http://127.0.0.1:1"'] });
    const before = world.oauth.grants.length;
    const { code, stderr } = await world.run(['logout', 'work']);
    assert.equal(code, 65);
    assert.match(stderr, /could not be revoked: .* the proxy 127\.0\.0\.1:1 did not connect/);
    assert.equal(world.oauth.grants.length, before);
  });
});

suite('a provider with TLS', () => {
  let world: MailWorld;
  let tunnel: Tunnel;
  let env: Record<string, string>;
  before(async () => {
    world = await makeMailWorld({ https: true });
    tunnel = await startTunnel();
    world.configure({ work: table(world.oauth) });
    const authority = join(world.folder, 'ca.pem');
    env = { ...world.env, BROWSER: makeBrowser(world.folder), NODE_EXTRA_CA_CERTS: authority };
  });
  after(async () => {
    await tunnel.close();
    await world.close();
  });
  const words = ['login', 'work', '--flow', 'browser'];

  test('is reached directly', async () => {
    const { code, stderr } = await postriderProcess(words, env);
    assert.equal(code, 0, stderr);
  });

  test('is reached through a proxy, which sees names only', async () => {
    const { code, stderr } = await postriderProcess([...words, '--proxy', tunnel.url], env);
    assert.equal(code, 0, stderr);
    const { host } = new URL(world.oauth.issuer);
    assert.equal(tunnel.targets.filter((target) => target === host).length, 2);
  });

  for (const [way, flags] of [
    ['directly', (): string[] => []],
    ['through a proxy', (): string[] => ['--proxy', tunnel.url]],
  ] as const) {
    test(`is not believed where nobody vouches for its certificate: ${way}`, async () => {
      const { NODE_EXTRA_CA_CERTS: _, ...without } = env;
      const { code, stderr } = await postriderProcess([...words, ...flags()], without);
      assert.equal(code, 76);
      assert.match(
        stderr,
        /while asking for its endpoints: TLS failed: .*certificate.*\nhint: .*NODE_EXTRA_CA_CERTS/,
      );
    });
  }

  test('is asked nothing where the checks of certificates are switched off', async () => {
    const { code, stderr } = await postriderProcess(words, { ...env, NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    assert.equal(code, 76);
    assert.match(stderr, /NODE_TLS_REJECT_UNAUTHORIZED=0 is set/);
  });
});

test('an answer that does not end is bounded', async () => {
  const endless = createServer((_, response) => {
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
      response.once('drain', more);
    };
    more();
  });
  await using server = await listen(endless);
  const { port } = server;
  const get = fetchThrough(async () => connect(port, '127.0.0.1'));
  const options = { method: 'GET', headers: {}, body: null, redirect: 'manual' } as const;
  await assert.rejects(get(`http://127.0.0.1:${port}/`, options), /answers with more than 1048576 octets/);
});

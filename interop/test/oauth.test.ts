import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Pop3Client, type Security } from '@postrider/pop3';
import { makeBrowser } from '../../packages/postrider/test/support/browser.ts';
import { type OAuthServer, startOAuthServer } from '../../packages/postrider/test/support/oauth-server.ts';
import { fillMaildir, makeCorpus } from '../src/corpus.ts';
import { type Dovecot, startDovecot } from '../src/dovecot.ts';
import { postrider, type Ran } from '../src/postrider.ts';
import { requireProgram } from '../src/require-program.ts';
import { makeTokenPassdb, type TokenPassdb } from '../src/token-passdb.ts';

const user = 'ann@example.test';

const needs = requireProgram('dovecot', 'openssl');

suite('tokens with Dovecot, which asks the authorization server', needs, () => {
  let oauth: OAuthServer;
  let passdb: TokenPassdb;
  let dovecot: Dovecot;
  let folder: string;
  let env: Record<string, string>;
  let expected: string;

  before(async () => {
    oauth = await startOAuthServer();
    const { host } = new URL(oauth.issuer);
    passdb = makeTokenPassdb(`http://${oauth.daemonClientId}:daemon-secret@${host}/token/introspection`);
    dovecot = await startDovecot({ users: { [user]: 'a password' }, ...passdb });
    const corpus = fillMaildir(dovecot, user, makeCorpus({ count: 3 }));
    const octets = corpus.reduce((sum, message) => sum + message.octets.length, 0);
    expected = `You have 3 messages totaling ${octets} bytes.\n`;
    folder = mkdtempSync(join(tmpdir(), 'pr-oauth-'));
    env = {
      POSTRIDER_CONFIG: join(folder, 'config.toml'),
      POSTRIDER_KEYRING: 'none',
      XDG_STATE_HOME: folder,
      BROWSER: makeBrowser(folder),
    };
    const account = (name: string, security: Security): string => `[accounts.${name}]
host = "localhost"
user = "${user}"
security = "${security}"
port = ${portOf(security)}
ca = "${dovecot.certificate.caFile}"
[accounts.${name}.oauth]
issuer = "${oauth.issuer}"
client-id = "${oauth.clientId}"
scopes = ["openid", "offline_access", "mail"]
`;
    const accounts = [account('tls', 'tls'), account('starttls', 'starttls'), account('new', 'tls')];
    writeFileSync(join(folder, 'config.toml'), accounts.join(''), { mode: 0o600 });
    const logins = await Promise.all(['tls', 'starttls'].map((name) => run('login', name)));
    for (const { code, stderr } of logins) assert.equal(code, 0, stderr);
  });
  after(async () => {
    await dovecot?.stop();
    passdb?.remove();
    await oauth?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const portOf = (security: Security): number => (security === 'tls' ? dovecot.tlsPort : dovecot.port);
  const run = (...words: readonly string[]): Promise<Ran> => postrider(words, env);

  test('login opens the browser, the commands after it use its tokens, and logout ends them', async () => {
    const login = await run('login', 'new');
    assert.equal(login.code, 0, login.stderr);
    assert.match(login.stdout, /^Logged in to new by OAUTHBEARER: 3 messages\./);
    const status = await run('status', 'new');
    assert.equal(status.stdout, expected, status.stderr);
    const { accessToken } = keptTokens(folder, 'new');
    const logout = await run('logout', 'new');
    assert.equal(logout.stdout, 'Forgot what was kept for new. Its tokens were revoked.\n', logout.stderr);
    const { code } = await postrider(['status', 'new'], { ...env, POSTRIDER_TOKEN: accessToken });
    assert.equal(code, 77);
    const without = await run('status', 'new');
    assert.match(without.stderr, /there are no tokens for new yet\nhint: Run: postrider login new/);
  });

  for (const security of ['tls', 'starttls'] as const) {
    for (const mechanism of ['oauthbearer', 'xoauth2']) {
      test(`${security}: ${mechanism} with the right token and with a wrong one`, async () => {
        const words = ['status', security, '--auth', mechanism];
        assert.equal((await run(...words)).stdout, expected);
        const wrong = await postrider([...words, '--trace'], {
          ...env,
          POSTRIDER_TOKEN: 'no-token-of-anybody',
        });
        assert.equal(wrong.code, 77, wrong.stderr);
        assert.match(
          wrong.stderr,
          /refused the login by \w+ (?:\[AUTH\] )?and said: .*\(token status: \w+\)/,
        );
        assert.match(wrong.stderr, /hint: Get a new access token for this user/);
        assert.doesNotMatch(wrong.stderr, /no-token-of-anybody/);
        assert.equal((wrong.stderr.match(/^C: AUTH/gm) ?? []).length, 1, wrong.stderr);
      });
    }

    test(`${security}: a wrong token tries no password, and nothing else`, async () => {
      const client = await Pop3Client.connect({
        host: 'localhost',
        port: portOf(security),
        security,
        tls: { ca: dovecot.certificate.ca },
      });
      const asked: string[] = [];
      await assert.rejects(
        client.authenticate({
          user,
          password: 'a password',
          accessToken: async (why) => {
            asked.push(why);
            return `made up ${why}`.replaceAll(' ', '-');
          },
        }),
        { code: 'ERR_POP3_AUTHENTICATION_REJECTED', mechanism: 'OAUTHBEARER' },
      );
      assert.deepEqual(asked, ['first', 'expired']);
      client.destroy();
    });

    test(`${security}: a token that has ended is refreshed once, in the same session`, async () => {
      await oauth.endAccess(keptTokens(folder, security).accessToken);
      const before = oauth.grants.length;
      const { code, stdout, stderr } = await run('status', security, '--trace');
      assert.equal(stdout, expected, stderr);
      assert.equal(code, 0);
      assert.deepEqual(oauth.grants.slice(before), ['refresh_token']);
      assert.equal((stderr.match(/^C: AUTH OAUTHBEARER/gm) ?? []).length, 2, stderr);
    });
  }
});

function keptTokens(folder: string, account: string): { readonly accessToken: string } {
  const all = JSON.parse(readFileSync(join(folder, 'postrider', 'secrets.json'), 'utf8'));
  return JSON.parse(all[`oauth/${account}`]);
}

import assert from 'node:assert/strict';
import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { startScriptedServer } from '@postrider/pop3/testing';
import { postriderProcess } from '../support/process.ts';
import { type MailWorld, makeMailWorld, type Tokens, table } from '../support/world.ts';

const hour = 3_600_000;
const answer = 'You have 1 message totaling 25 bytes.\n';

let world: MailWorld;
let first: Tokens;

before(async () => {
  world = await makeMailWorld();
});
after(() => world.close());
beforeEach(async () => {
  world.configure({ work: table(world.oauth) });
  const { code, stderr } = await world.runWithPerson(['login', 'work']);
  assert.equal(code, 0, stderr);
  first = world.tokens('work');
});
afterEach(() => {
  world.oauth.intercept = undefined;
});

/** Makes the token as old as it would be when so much of its life was over. */
const age = (part: number): void =>
  world.change('work', { obtainedAt: Date.now() - part * hour, expiresAt: Date.now() + (1 - part) * hour });

/** The grants that some work took. */
async function grantsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = world.oauth.grants.length;
  await work();
  return world.oauth.grants.slice(before);
}

suite('an access token', () => {
  test('is used as it is before 80 % of its life are over', async () => {
    age(0.79);
    assert.deepEqual(await grantsOf(() => world.run(['status', 'work'])), []);
    assert.equal(world.shown.at(-1), first.accessToken);
  });

  test('is refreshed after that, and the refresh token that came with it takes the place of the old one', async () => {
    age(0.81);
    const grants = await grantsOf(async () => {
      const { stdout, stderr } = await world.run(['status', 'work']);
      assert.equal(stdout, answer, stderr);
    });
    assert.deepEqual(grants, ['refresh_token']);
    const next = world.tokens('work');
    assert.equal(world.shown.at(-1), next.accessToken);
    assert.notEqual(next.accessToken, first.accessToken);
    assert.notEqual(next.refreshToken, first.refreshToken);
    assert.equal(await world.oauth.isGood(first.refreshToken ?? ''), false);
    assert.equal(await world.oauth.isGood(next.refreshToken ?? ''), true);
  });

  test('is refreshed again and again', async () => {
    for (let round = 0; round < 3; round++) {
      age(0.9);
      assert.deepEqual(await grantsOf(() => world.run(['status', 'work'])), ['refresh_token']);
    }
    assert.equal((await world.run(['status', 'work'])).stdout, answer);
  });

  test('is refreshed where the clock was set back', async () => {
    world.change('work', { obtainedAt: Date.now() + 24 * hour, expiresAt: Date.now() + 25 * hour });
    assert.deepEqual(await grantsOf(() => world.run(['status', 'work'])), ['refresh_token']);
  });

  test('that the mail server says has expired is refreshed once, and the login goes on', async () => {
    await world.oauth.endAccess(first.accessToken);
    const shown = world.shown.length;
    const grants = await grantsOf(async () => {
      const { code, stdout, stderr } = await world.run(['status', 'work']);
      assert.equal(code, 0, stderr);
      assert.equal(stdout, answer);
    });
    assert.deepEqual(grants, ['refresh_token']);
    assert.deepEqual(world.shown.slice(shown), [first.accessToken, world.tokens('work').accessToken]);
  });

  test('that the mail server ends the session with is refreshed, and goes into a new session', async () => {
    const seen: string[] = [];
    const server = await startScriptedServer(async (peer, count) => {
      await peer.send('+OK ready\r\n');
      await peer.expect('CAPA');
      await peer.send('+OK\r\nSASL XOAUTH2\r\n.\r\n');
      await peer.expect('AUTH XOAUTH2');
      await peer.send('+ \r\n');
      const message = Buffer.from(await peer.line(), 'base64').toString();
      seen.push(/Bearer ([^\x01]+)/.exec(message)?.[1] ?? '');
      if (count === 1) {
        await peer.send('-ERR [AUTH] expired\r\n');
        return peer.close();
      }
      await peer.send('+OK\r\n');
      await peer.answer((line) => (line === 'STAT' ? '+OK 0 0\r\n' : '+OK\r\n.\r\n'));
    });
    world.configureText(`[accounts.work]
host = "127.0.0.1"
user = "ann"
port = ${server.port}
security = "none"
allow-cleartext-password = true
[accounts.work.oauth]
${table(world.oauth)}
`);
    try {
      const { code, stdout, stderr } = await world.run(['status', 'work']);
      assert.deepEqual([code, stdout], [0, 'You have 0 messages totaling 0 bytes.\n'], stderr);
      assert.deepEqual(seen, [first.accessToken, world.tokens('work').accessToken]);
      assert.equal(server.connections, 2);
    } finally {
      await server.close();
    }
  });

  test('that the mail server refuses for another reason is not refreshed without end', async () => {
    world.configure({ work: table(world.oauth) }, { user: 'ben@example.test' });
    const shown = world.shown.length;
    const grants = await grantsOf(async () => {
      const { code, stderr } = await world.run(['status', 'work']);
      assert.equal(code, 77);
      assert.match(stderr, /refused the login by OAUTHBEARER/);
      assert.match(stderr, /hint: Check that POP3 is enabled .* to sign in again: postrider login work\n$/);
    });
    assert.deepEqual(grants, ['refresh_token']);
    assert.equal(world.shown.length - shown, 2);
  });
});

suite('a refresh that fails', () => {
  const sentence =
    /^postrider: the sign-in of work was ended by 127\.0\.0\.1:\d+ \(invalid_grant: .*\)\nhint: Run: postrider login work\n$/;

  test('a revoked sign-in: 77, one sentence, and the way back', async () => {
    await world.oauth.endGrant(first.refreshToken ?? '');
    age(0.9);
    const { code, stderr } = await world.run(['status', 'work']);
    assert.equal(code, 77);
    assert.match(stderr, sentence);
    await world.runWithPerson(['login', 'work']);
    assert.equal((await world.run(['status', 'work'])).stdout, answer);
  });

  test('a revoked sign-in that the mail server finds out first', async () => {
    await world.oauth.endAccess(first.accessToken);
    await world.oauth.endGrant(first.refreshToken ?? '');
    const { code, stderr } = await world.run(['status', 'work']);
    assert.equal(code, 77);
    assert.match(stderr, sentence);
  });

  test('no refresh token', async () => {
    world.change('work', { obtainedAt: 0, expiresAt: 1, refreshToken: undefined });
    const { code, stderr } = await world.run(['status', 'work']);
    assert.equal(code, 77);
    assert.match(
      stderr,
      /has expired or was refused, and there is no refresh token.*\nhint: Run: postrider login work/,
    );
  });

  test('a provider that fails is no obstacle while the token is alive', async () => {
    age(0.9);
    world.oauth.intercept = (response) => response.writeHead(503).end();
    assert.equal((await world.run(['status', 'work'])).stdout, answer);
    assert.equal(world.tokens('work').refreshToken, first.refreshToken);
  });

  test('a provider that fails: 75, once the token is dead', async () => {
    age(1.1);
    world.oauth.intercept = (response) => response.writeHead(503).end();
    const { code, stderr } = await world.run(['status', 'work']);
    assert.equal(code, 75);
    assert.match(stderr, /while refreshing the token of work: it answered with HTTP status 503/);
    assert.equal(world.tokens('work').refreshToken, first.refreshToken);
  });

  test('new tokens that cannot be kept are used all the same, and the user is told', async () => {
    const lock = join(world.env['XDG_STATE_HOME'] ?? '', 'postrider', 'secrets.json.lock');
    rmSync(lock);
    mkdirSync(lock);
    try {
      age(0.9);
      const { code, stdout, stderr } = await world.run(['status', 'work']);
      assert.deepEqual([code, stdout], [0, answer], stderr);
      assert.match(
        stderr,
        /warning: the new tokens of work cannot be kept \(.*\): when that is mended, run postrider login work/,
      );
    } finally {
      rmdirSync(lock);
    }
  });

  test('an answer that makes no sense names no token', async () => {
    age(1.1);
    world.oauth.intercept = (response) =>
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end('{"access_token":"sesame","token_type":7}');
    const { code, stderr } = await world.run(['status', 'work', '--verbose']);
    assert.equal(code, 76);
    assert.doesNotMatch(stderr, /sesame/);
  });

  test('tokens that cannot be read', async () => {
    rmSync(join(world.env['XDG_STATE_HOME'] ?? '', 'postrider', 'secrets.json'));
    const { code, stderr } = await world.run(['status', 'work']);
    assert.equal(code, 77);
    assert.match(stderr, /there are no tokens for work yet\nhint: Run: postrider login work/);
  });
});

suite('processes that need the next token at the same time', () => {
  test('one refreshes, and the others take what it got', async () => {
    age(0.9);
    // Each has a maildrop of its own, as a maildrop has one session at a time.
    const configs = [1, 2, 3].map((number) =>
      world.configure(
        { work: table(world.oauth) },
        { user: `ann+${number}@example.test`, file: `config-${number}.toml` },
      ),
    );
    const grants = await grantsOf(async () => {
      const ran = await Promise.all(
        configs.map((config) =>
          postriderProcess(['status', 'work'], { ...world.env, POSTRIDER_CONFIG: config }),
        ),
      );
      for (const { code, stdout, stderr } of ran) assert.deepEqual([code, stdout], [0, answer], stderr);
    });
    assert.deepEqual(grants, ['refresh_token']);
    assert.equal(await world.oauth.isGood(world.tokens('work').refreshToken ?? ''), true);
  });
});

import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, suite, test } from 'node:test';
import { walk } from '../support/person.ts';
import { type MailWorld, makeMailWorld, person, shared, table } from '../support/world.ts';

let world: MailWorld;
before(async () => {
  world = await makeMailWorld();
});
after(() => world.close());
beforeEach(() => {
  world.oauth.consent = 'give';
  world.configure({ work: table(world.oauth), home: undefined });
});
afterEach(async () => {
  world.oauth.intercept = undefined;
  await world.run(['logout', 'work']);
  await world.run(['logout', 'home']);
});

/** A loopback address to come back to, out of the address of the sign-in page. */
function redirectOf(text: string): URL | undefined {
  const page = /^ {2}(http:\S+)$/m.exec(text)?.[1];
  return page === undefined ? undefined : new URL(new URL(page).searchParams.get('redirect_uri') ?? '');
}

suite('login with a browser', () => {
  const words = ['login', 'work', '--flow', 'browser'];

  test('keeps tokens that the mail server took, in a file of mode 600 where there is no keyring', async () => {
    const { code, stdout, stderr } = await world.runWithPerson(words);
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      /^Logged in to work by OAUTHBEARER: 1 message\. The tokens are kept in .*secrets\.json\.\n$/,
    );
    assert.match(
      stderr,
      /there is no keyring that works here; it is kept in .*secrets\.json, which only you can read/,
    );
    const folder = world.env['XDG_STATE_HOME'] ?? '';
    assert.equal(statSync(join(folder, 'postrider', 'secrets.json')).mode & 0o777, 0o600);
    const status = await world.run(['status', 'work']);
    assert.equal(status.stdout, 'You have 1 message totaling 25 bytes.\n', status.stderr);
  });

  test('prints no token', async () => {
    const { stdout, stderr } = await world.runWithPerson([...words, '--trace', '--verbose', '--json']);
    const { accessToken, refreshToken = '' } = world.tokens('work');
    assert.notEqual(refreshToken, '');
    for (const token of [accessToken, refreshToken]) {
      const encoded = Buffer.from(token).toString('base64').slice(4, -4);
      for (const text of [token, encoded]) assert.ok(!`${stdout}${stderr}`.includes(text));
    }
    const { expires, store, ...rest } = JSON.parse(stdout);
    assert.ok(Date.parse(expires) > Date.now());
    assert.match(store, /secrets\.json$/);
    assert.deepEqual(rest, {
      account: 'work',
      host: 'localhost',
      user: person.user,
      credential: 'tokens',
      mechanism: 'OAUTHBEARER',
      messages: 1,
      refreshable: true,
    });
  });

  test('asks for PKCE with S256, a state, and the user of the account', async () => {
    const { stderr } = await world.runWithPerson(words);
    const page = new URL(/^ {2}(http:\S+)$/m.exec(stderr)?.[1] ?? '');
    const { searchParams: asked } = page;
    assert.equal(asked.get('response_type'), 'code');
    assert.equal(asked.get('code_challenge_method'), 'S256');
    assert.match(asked.get('code_challenge') ?? '', /^[\w-]{43}$/);
    assert.match(asked.get('state') ?? '', /^[\w-]{20,}$/);
    assert.equal(asked.get('login_hint'), person.user);
    assert.match(asked.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  test('a person who says no: 77, the server’s words, nothing kept', async () => {
    world.oauth.consent = 'deny';
    const { code, stderr } = await world.runWithPerson(words);
    assert.equal(code, 77);
    assert.match(stderr, /while signing in: it was refused \(access_denied: The person said no\.\)/);
    assert.throws(() => world.tokens('work'));
  });

  test('an answer with another state is turned away, and the right one still counts', async () => {
    const grants = world.oauth.grants.length;
    const strangers: Promise<number>[] = [];
    const visits: Promise<unknown>[] = [];
    const { code, stderr } = await world.run(words, [], {
      onDiagnostic: (text) => {
        const redirect = redirectOf(text);
        const page = /^ {2}(http:\S+)$/m.exec(text)?.[1];
        if (redirect === undefined || page === undefined) return;
        const status = async (query: string): Promise<number> =>
          (await fetch(new URL(`?code=stolen${query}`, redirect))).status;
        strangers.push(status('&state=made-up'), status(''));
        visits.push(Promise.all(strangers).then(() => walk(page)));
      },
    });
    assert.equal(code, 0, stderr);
    assert.deepEqual(await Promise.all(strangers), [400, 400]);
    assert.deepEqual(world.oauth.grants.slice(grants), ['authorization_code']);
    await Promise.all(visits);
  });

  test('a code that is not good is refused by the server, and nothing is kept', async () => {
    const { code, stderr } = await world.run(words, [], {
      onDiagnostic: (text) => {
        const redirect = redirectOf(text);
        const page = /^ {2}(http:\S+)$/m.exec(text)?.[1];
        if (redirect === undefined || page === undefined) return;
        const state = new URL(page).searchParams.get('state');
        const iss = encodeURIComponent(world.oauth.issuer);
        void fetch(new URL(`?code=made-up&state=${state}&iss=${iss}`, redirect));
      },
    });
    assert.equal(code, 77);
    assert.match(stderr, /it was refused \(invalid_grant: /);
    assert.throws(() => world.tokens('work'));
  });

  test('nobody who signs in: 75, and what to do', async () => {
    const { code, stderr } = await world.run([...words, '--wait', '1']);
    assert.equal(code, 75);
    assert.match(stderr, /nobody signed in within 1 second\nhint: .*--flow device/);
  });

  test('Ctrl-C ends the wait: 130, and the port is closed', async () => {
    const controller = new AbortController();
    let redirect: URL | undefined;
    const { code } = await world.run(words, [], {
      signal: controller.signal,
      onDiagnostic: (text) => {
        redirect ??= redirectOf(text);
        if (redirect !== undefined) controller.abort(new DOMException('interrupted', 'AbortError'));
      },
    });
    assert.equal(code, 130);
    assert.ok(redirect !== undefined);
    await assert.rejects(fetch(redirect), TypeError);
  });

  test('a browser that cannot be started is no obstacle', async () => {
    const { code, stderr } = await world.runWithPerson([...words, '--browser', '/no/such/browser']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /The browser could not be opened: /);
  });

  test('a mail server that cannot be reached: nobody is asked to sign in', async () => {
    const { code, stderr } = await world.run([...words, '--port', '1']);
    assert.equal(code, 69);
    assert.doesNotMatch(stderr, /Sign in/);
  });

  test('tokens that the mail server refuses are not kept, and are revoked', async () => {
    world.configure({ work: table(world.oauth) }, { user: 'ben@example.test' });
    const { code, stderr } = await world.runWithPerson(words);
    assert.equal(code, 77);
    assert.match(stderr, /while logging in: the server refused the login by OAUTHBEARER/);
    assert.throws(() => world.tokens('work'));
    assert.equal(await world.oauth.userOf(world.shown.at(-1) ?? ''), undefined);
  });

  test('an authorization server that fails: 75', async () => {
    world.oauth.intercept = (response) => response.writeHead(502).end('Bad Gateway');
    const { code, stderr } = await world.runWithPerson(words);
    assert.equal(code, 75);
    assert.match(stderr, /while signing in: it answered with HTTP status 502\nhint: Try again later/);
  });

  test('no refresh token: it works, and says until when', async () => {
    world.configure({ work: table(world.oauth).replace('"offline_access", ', '') });
    const { code, stderr } = await world.runWithPerson(words);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /gave no refresh token: postrider login has to be run again at \d{4}-/);
  });

  test('what was not granted is named', async () => {
    world.configure({ work: table(world.oauth).replace('"mail"', '"mail", "calendar"') });
    const { code, stderr } = await world.runWithPerson(words);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /warning: this was asked for and not granted: calendar/);
  });

  test('a client secret of a command is used, and not kept', async () => {
    const lines = ['client-secret-command = "echo desktop secret"'];
    const oauth = table(world.oauth, lines).replace(world.oauth.clientId, world.oauth.confidentialClientId);
    world.configure({ work: oauth });
    const { code, stderr } = await world.runWithPerson(words);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(JSON.stringify(world.kept()), /desktop secret/);
  });
});

suite('login with a device code', () => {
  test('goes through without a browser on this machine', async () => {
    const { code, stdout, stderr } = await world.runWithPerson(['login', 'work', '--flow', 'device']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /On any device, open http\S+ and enter the code\n\n {2}\S{4}-\S{4}\n/);
    assert.match(stdout, /^Logged in to work by OAUTHBEARER/);
    assert.notEqual(world.tokens('work').refreshToken, undefined);
  });

  test('is what happens where there is no browser', async () => {
    const { code, stderr } = await world.runWithPerson(['login', 'work']);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /On any device/);
  });

  test('a person who says no: 77', async () => {
    world.oauth.consent = 'deny';
    const { code, stderr } = await world.runWithPerson(['login', 'work', '--flow', 'device']);
    assert.equal(code, 77);
    assert.match(stderr, /it was refused \(access_denied: The person said no\.\)/);
  });

  test('a code that nobody enters: 75', async () => {
    const { code, stderr } = await world.run(['login', 'work', '--flow', 'device', '--wait', '1']);
    assert.equal(code, 75);
    assert.match(stderr, /nobody signed in within 1 second/);
  });

  test('a provider without it says so', async () => {
    const endpoints = [
      `token-endpoint = "${world.oauth.issuer}/token"`,
      `authorization-endpoint = "${world.oauth.issuer}/auth"`,
      `issuer = "${world.oauth.issuer}"`,
      `client-id = "${world.oauth.clientId}"`,
      'scopes = ["openid", "offline_access", "mail"]',
    ];
    world.configure({ work: endpoints.join('\n') });
    const { code, stderr } = await world.run(['login', 'work', '--flow', 'device']);
    assert.equal(code, 78);
    assert.match(stderr, /has no sign-in by device code\nhint: Leave out --flow device/);
    const browser = await world.runWithPerson(['login', 'work']);
    assert.equal(browser.code, 0, browser.stderr);
    assert.match(browser.stderr, /There is no browser to open here/);
  });
});

suite('login as an application', () => {
  const oauth = (lines: readonly string[] = []): string =>
    [
      `issuer = "${world.oauth.issuer}"`,
      `client-id = "${world.oauth.daemonClientId}"`,
      'flow = "client-credentials"',
      ...lines,
    ].join('\n');
  const configure = (lines?: readonly string[]) =>
    world.configure({ shared: oauth(lines) }, { user: shared });
  afterEach(async () => {
    configure();
    await world.run(['logout', 'shared']);
  });

  test('needs no person, and gets the next token the same way', async () => {
    configure(['client-secret-command = "echo daemon-secret"']);
    const login = await world.run(['login', 'shared', '--json']);
    assert.equal(login.code, 0, login.stderr);
    assert.equal(JSON.parse(login.stdout).refreshable, true);
    assert.doesNotMatch(JSON.stringify(world.kept()), /daemon-secret/);
    const before = world.oauth.grants.length;
    world.change('shared', { obtainedAt: 0, expiresAt: 1 });
    const status = await world.run(['status', 'shared']);
    assert.equal(status.stdout, 'You have 1 message totaling 25 bytes.\n', status.stderr);
    assert.deepEqual(world.oauth.grants.slice(before), ['client_credentials']);
  });

  test('keeps a client secret that was typed, as nothing else could give it again', async () => {
    configure();
    const login = await world.run(['login', 'shared'], ['daemon-secret']);
    assert.equal(login.code, 0, login.stderr);
    assert.match(login.asked[0] ?? '', /^Client secret at 127\.0\.0\.1:\d+:$/);
    world.change('shared', { obtainedAt: 0, expiresAt: 1 });
    assert.equal((await world.run(['status', 'shared'])).code, 0);
  });

  test('takes it from the environment', async () => {
    configure();
    const env = { ...world.env, POSTRIDER_CLIENT_SECRET: 'daemon-secret' };
    const login = await world.run(['login', 'shared'], [], { env });
    assert.equal(login.code, 0, login.stderr);
  });

  test('without it and without a terminal it says what to do', async () => {
    configure();
    const { code, stderr } = await world.run(['login', 'shared']);
    assert.equal(code, 64);
    assert.match(
      stderr,
      /wants the client secret, and there is no terminal to ask for it\nhint: Give --client-secret-command/,
    );
  });

  test('a wrong secret: 78, and it is not shown', async () => {
    configure(['client-secret-command = "echo sesame"']);
    const { code, stderr } = await world.run(['login', 'shared']);
    assert.equal(code, 78);
    assert.match(stderr, /it does not accept the client id or its secret.*\nhint: Check the client id/);
    assert.doesNotMatch(stderr, /sesame/);
  });

  test('a command for it that fails is named', async () => {
    configure(['client-secret-command = "exit 3"']);
    const { code, stderr } = await world.run(['login', 'shared']);
    assert.equal(code, 74);
    assert.match(stderr, /the command of oauth\.client-secret-command failed with exit status 3/);
  });
});

suite('login at a provider that takes passwords too', () => {
  // Nobody is connected to: the proxy is not there.
  const words = ['login', 'gmail', '--proxy', 'http://127.0.0.1:1'];
  beforeEach(() => world.configureText('[accounts.gmail]\nhost = "pop.gmail.com"\nuser = "ann@gmail.com"\n'));
  const question = 'Google takes either. What will you log in with?';

  test('the person chooses a password', async () => {
    const { asked, code } = await world.run(words, ['password', 'an app password']);
    assert.deepEqual(asked, [question, 'Password for ann@gmail.com at pop.gmail.com:']);
    assert.equal(code, 69);
  });

  test('or tokens', async () => {
    const { asked, code } = await world.run(words, ['tokens', 'a client id']);
    assert.deepEqual(asked, [question]);
    assert.equal(code, 69);
  });

  test('without a terminal it says what to do', async () => {
    const { code, stderr } = await world.run(words);
    assert.equal(code, 64);
    assert.match(
      stderr,
      /and there is no terminal to ask which\nhint: Give --password-file or set POSTRIDER_PASSWORD/,
    );
  });

  test('a way to sign in is an answer', async () => {
    const { asked } = await world.run([...words, '--flow', 'browser'], ['nothing']);
    assert.deepEqual(asked, []);
  });

  test('so is a password file', async () => {
    const { asked, code } = await world.run([...words, '--password-file', '-'], ['nothing'], {
      stdin: 'word\n',
    });
    assert.deepEqual(asked, []);
    assert.equal(code, 69);
  });
});

suite('login with a password', () => {
  test('asks for it, tries it, and keeps it', async () => {
    const { code, stdout, stderr } = await world.run(['login', 'home'], [person.password]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Logged in to home by SCRAM-SHA-512-PLUS: 1 message\. The password is kept in /);
    const status = await world.run(['status', 'home']);
    assert.equal(status.stdout, 'You have 1 message totaling 25 bytes.\n', status.stderr);
  });

  test('a wrong one is not kept', async () => {
    const { code, asked } = await world.run(['login', 'home'], ['a wrong word', 'another', 'a third']);
    assert.equal(code, 77);
    assert.equal(asked.length, 3);
    assert.equal((await world.run(['status', 'home'])).code, 64);
  });

  test('takes it from standard input', async () => {
    const { code, stderr } = await world.run(['login', 'home', '--password-file', '-'], [], {
      stdin: `${person.password}\n`,
    });
    assert.equal(code, 0, stderr);
  });

  test('without a terminal it says what to do', async () => {
    const { code, stderr } = await world.run(['login', 'home']);
    assert.equal(code, 64);
    assert.match(
      stderr,
      /a password is needed, and there is no terminal to ask for it\nhint: .*--password-file/,
    );
  });

  test('takes the place of tokens, and tokens that of a password', async () => {
    await world.runWithPerson(['login', 'work']);
    const password = await world.run(['login', 'work', '--password-file', '-'], [], {
      stdin: person.password,
    });
    assert.equal(password.code, 0, password.stderr);
    assert.deepEqual(Object.keys(world.kept()), ['password/work']);
    await world.runWithPerson(['login', 'work']);
    assert.deepEqual(Object.keys(world.kept()), ['oauth/work']);
  });
});

suite('login where something is missing', () => {
  test('no account of that name', async () => {
    const { code, stderr } = await world.run(['login', 'wrok']);
    assert.equal(code, 64);
    assert.match(
      stderr,
      /there is no account 'wrok'\nhint: There are: work, home\. To add one: postrider accounts add\n$/,
    );
  });

  test('a host and a user instead of an account', async () => {
    const { code, stderr } = await world.run(['login', 'localhost', 'ann']);
    assert.equal(code, 64);
    assert.match(stderr, /login does not know what to do with 'ann'\nhint: Write: postrider login ACCOUNT/);
  });

  test('no client id and no terminal', async () => {
    world.configure({ work: `issuer = "${world.oauth.issuer}"\nscopes = ["mail"]` });
    const { code, stderr } = await world.run(['login', 'work']);
    assert.equal(code, 64);
    assert.match(
      stderr,
      /work needs a client id for \S+, and there is no terminal to ask for it\nhint: Give --client-id/,
    );
  });

  test('a client id that is asked for is known the next time', async () => {
    const oauth = `issuer = "${world.oauth.issuer}"\nscopes = ["openid", "offline_access", "mail"]`;
    world.configure({ work: oauth });
    const first = await world.runWithPerson(['login', 'work'], [world.oauth.clientId]);
    assert.equal(first.code, 0, first.stderr);
    const second = await world.runWithPerson(['login', 'work']);
    assert.equal(second.code, 0, second.stderr);
  });

  test('a client that the server does not know: 78', async () => {
    const { code, stderr } = await world.run(['login', 'work', '--client-id', 'nobody']);
    assert.equal(code, 78);
    assert.match(stderr, /it was refused \(invalid_client.*\)\nhint: Check the client id/);
  });

  test('neither provider nor issuer', async () => {
    world.configure({ work: 'client-id = "x"' });
    const { code, stderr } = await world.run(['login', 'work']);
    assert.equal(code, 78);
    assert.match(stderr, /work: its oauth table has neither provider nor issuer nor token-endpoint/);
  });

  test('an issuer that is not there: 69', async () => {
    world.configure({ work: 'issuer = "http://127.0.0.1:1"\nclient-id = "x"\nscopes = ["mail"]' });
    const { code, stderr } = await world.run(['login', 'work']);
    assert.equal(code, 69);
    assert.match(stderr, /127\.0\.0\.1:1: while asking for its endpoints: it cannot be reached/);
  });

  test('an issuer without TLS is refused before anything is sent', async () => {
    world.configure({ work: 'issuer = "http://sso.example.test"\nclient-id = "x"\nscopes = ["mail"]' });
    const { code, stderr } = await world.run(['login', 'work']);
    assert.equal(code, 78);
    assert.match(stderr, /tokens would cross the network readable/);
  });

  test('a credential that is configured otherwise', async () => {
    world.configure({ work: table(world.oauth) }, { lines: ['token-command = "echo token"'] });
    const { code, stderr } = await world.run(['login', 'work']);
    assert.equal(code, 78);
    assert.match(stderr, /work logs in with its token-command, so there is nothing to keep/);
  });

  test('an account with an oauth table, before login: one sentence', async () => {
    const { code, stderr } = await world.run(['status', 'work']);
    assert.equal(code, 77);
    assert.equal(stderr, 'postrider: there are no tokens for work yet\nhint: Run: postrider login work\n');
  });

  test('no folder to keep anything in: 74', async () => {
    const env = { ...world.env, XDG_STATE_HOME: '/dev/null' };
    const { code, stderr } = await world.run(['login', 'home', '--password-file', '-'], [], {
      env,
      stdin: person.password,
    });
    assert.equal(code, 74);
    assert.match(stderr, /XDG_STATE_HOME names another one/);
  });
});

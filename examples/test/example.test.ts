import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { Pop3Client } from '@postrider/pop3';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeAuthority } from '../../packages/pop3/test/support/authority.ts';
import { folder, runExample, startExample } from './run-example.ts';

const user = 'ann';
const password = 'correct horse battery staple';
const freshToken = 'a-fresh-token';
const messages = [
  'From: bob\n\nfirst\n.\n',
  'From: eve\n\nsecond\n',
  `From: joe\n\n${'long '.repeat(20_000)}\n`,
];

const octets = messages.reduce((sum, text) => sum + text.replaceAll('\n', '\r\n').length, 0);
const scratch = mkdtempSync(join(tmpdir(), 'postrider-example-'));
const authority = await makeAuthority('CN=Example authority');
const ca = join(scratch, 'ca.pem');
writeFileSync(ca, authority.cert);

const maildrop = new MemoryMaildrop(messages);
const server = new Pop3Server({
  users: {
    password: (name) => (name === user ? password : undefined),
    checkToken: (name, token) => name === user && token === freshToken,
  },
  maildrop: () => maildrop,
  tls: await authority.issue(),
  failureDelay: 0,
});

/** The environment that leads an example to the server. */
async function environment(security: 'tls' | 'none'): Promise<Record<string, string>> {
  const { port } = await server.listen({ security });
  return {
    POP3_HOST: 'localhost',
    POP3_PORT: String(port),
    POP3_CA: ca,
    POP3_USER: user,
    POP3_PASSWORD: password,
  };
}

suite('the examples, each in a process of its own', () => {
  let secured: Record<string, string> = {};
  before(async () => {
    secured = await environment('tls');
  });
  after(async () => {
    await server.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  test('status.ts', async () => {
    const { code, stdout, stderr } = await runExample(['status.ts'], secured);
    assert.equal(stderr, '');
    assert.match(stdout, /^TLSv1\.3, logged in by SCRAM-SHA-512-PLUS\n/);
    assert.ok(stdout.endsWith(`\n3 messages totaling ${octets} octets\n`), stdout);
    assert.equal(code, 0);
  });

  test('download.ts saves what is on the server, and again only what is new', async () => {
    const path = join(scratch, 'download');
    const first = await runExample(['download.ts', path], secured);
    assert.equal(first.stderr, '');
    assert.equal(first.stdout.split('\n').length, messages.length + 1);
    const saved = readdirSync(path).map((name) => readFileSync(join(path, name), 'latin1'));
    assert.deepEqual(saved.sort(), messages.map((text) => text.replaceAll('\n', '\r\n')).sort());
    assert.deepEqual(await runExample(['download.ts', path], secured), { code: 0, stdout: '', stderr: '' });
  });

  test('apop.ts logs in without TLS, and says why it cannot', async () => {
    const plain = await environment('none');
    const { code, stdout } = await runExample(['apop.ts'], plain);
    assert.match(stdout, /^timestamp: <.*@.*>\nlogged in: .*\n1: 23 octets\n2: \d+ octets\n3: \d+ octets\n$/);
    assert.equal(code, 0);
    const refused = await runExample(['apop.ts'], { ...plain, POP3_PASSWORD: 'wrong' });
    assert.match(refused.stderr, /^ERR_POP3_AUTHENTICATION_REJECTED: /);
    assert.equal(refused.code, 1);
  });

  test('progress.ts', async () => {
    const { code, stdout, stderr } = await runExample(['progress.ts'], secured);
    assert.equal(stdout, `3 messages, ${octets} octets\n`);
    assert.ok(stderr.endsWith('\r3/3 messages, 100%\n'), stderr);
    assert.equal(code, 0);
  });

  test('oauth2.ts gets a new token where the old one is refused', async () => {
    const grants: string[] = [];
    const endpoint = createServer(async (request, response) => {
      let body = '';
      for await (const text of request.setEncoding('utf8')) body += text;
      grants.push(body);
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ access_token: freshToken }));
    });
    endpoint.listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    const address = endpoint.address();
    assert.ok(typeof address === 'object' && address !== null);
    const settings = {
      ...secured,
      TOKEN_ENDPOINT: `http://127.0.0.1:${address.port}/token`,
      CLIENT_ID: 'me',
      REFRESH_TOKEN: 'r',
      ACCESS_TOKEN: 'an-old-one',
    };
    const { code, stdout, stderr } = await runExample(['oauth2.ts'], settings);
    endpoint.close();
    assert.equal(stderr, '');
    assert.equal(stdout, 'logged in by OAUTHBEARER: 3 messages\n');
    assert.deepEqual(grants, ['grant_type=refresh_token&client_id=me&client_secret=&refresh_token=r']);
    assert.equal(code, 0);
  });

  test('collect.ts brings each message home once', async () => {
    const words = ['collect.ts', join(scratch, 'Mail'), join(scratch, 'ledger.sqlite')];
    const first = await runExample(words, secured);
    assert.equal(first.stderr, '');
    assert.match(first.stdout, /^message 1: 23 octets\n(?:message .*\n)+done: 3 new, 0 already here\n$/);
    const saved = readdirSync(join(scratch, 'Mail', 'new')).map((name) =>
      readFileSync(join(scratch, 'Mail', 'new', name), 'latin1'),
    );
    assert.deepEqual(saved.sort(), [...messages].sort());
    assert.equal((await runExample(words, secured)).stdout, 'done: 0 new, 3 already here\n');
  });

  test('embedded-server.ts', async () => {
    const child = startExample(['embedded-server.ts'], { POP3_PASSWORD: 'open sesame' });
    child.stdout?.setEncoding('utf8');
    let stdout = '';
    const listening = new Promise<number>((resolve) => {
      child.stdout?.on('data', (text: string) => {
        stdout += text;
        const port = /^listening on 127\.0\.0\.1:(\d+)\n/.exec(stdout)?.[1];
        if (port !== undefined) resolve(Number(port));
      });
    });
    const ended = once(child, 'close');
    const client = await Pop3Client.connect({ host: '127.0.0.1', port: await listening, security: 'none' });
    await client.authenticate({ user: 'desk', password: 'open sesame' });
    const { entries } = await client.uidl();
    assert.deepEqual(
      entries.map(({ uniqueId }) => uniqueId),
      ['ticket-7', 'ticket-8'],
    );
    assert.match(Buffer.from(await client.retrieve(2).bytes()).toString(), /mine\.\r\n\.\r\nSorry!\r\n$/);
    await client.quit();
    child.kill('SIGINT');
    assert.deepEqual(await ended, [0, null]);
    assert.match(stdout, /\nlogin desk SCRAM-SHA-512\n/);
  });

  test('custom-mechanism.ts', async () => {
    const expected = { code: 0, stdout: 'logged in by X-TOY: 1 messages\n', stderr: '' };
    assert.deepEqual(await runExample(['custom-mechanism.ts']), expected);
  });

  test('hostile-server.test.ts', async () => {
    const { code, stdout } = await runExample(['--test', '--test-reporter=tap', 'hostile-server.test.ts']);
    assert.match(stdout, /^# pass 2$/m);
    assert.equal(code, 0);
  });
});

test('every example is run by a test here', () => {
  const source = readdirSync(join(folder, 'test'))
    .map((name) => readFileSync(join(folder, 'test', name), 'utf8'))
    .join('\n');
  const programs = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'settings.ts');
  assert.ok(programs.length > 7);
  for (const name of programs) assert.ok(source.includes(`'${name}'`), `no test runs ${name}`);
});

test('no example has more than 40 lines', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.ts'))) {
    const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n').length;
    assert.ok(lines <= 40, `${name} has ${lines} lines`);
  }
});

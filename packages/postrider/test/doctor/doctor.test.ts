import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { MemoryMaildrop, Pop3Server, type Pop3ServerOptions } from '@postrider/pop3/server';
import { startScriptedServer } from '@postrider/pop3/testing';
import {
  makeAuthority,
  type TestAuthority,
  type TestCertificate,
} from '../../../pop3/test/support/authority.ts';
import type { DiscoveryNetwork } from '../../src/discovery/network.ts';
import { startHttpProxy, type TestProxy } from '../support/proxy.ts';
import { postriderIn, type World } from '../support/run.ts';

const day = 86_400_000;
const password = 'Sesame-opens-9';

/** Where servers are, for a program that believes in ports 995 and 110: a proxy stands in for the network. */
suite('doctor', () => {
  let folder: string;
  let authority: TestAuthority;
  const servers: Pop3Server[] = [];
  const proxies: TestProxy[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pr-doctor-'));
    authority = await makeAuthority('CN=Example authority');
    writeFileSync(join(folder, 'ca.pem'), authority.cert);
  });
  after(async () => {
    for (const server of servers) await server.close();
    for (const proxy of proxies) await proxy.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const certificate = (host: string, days = 90, from = -1): Promise<TestCertificate> =>
    authority.issue({
      names: [host],
      notBefore: new Date(Date.now() + from * day),
      notAfter: new Date(Date.now() + days * day + day / 2),
    });

  /** A server, and the ports of its listeners. */
  async function serve(
    options: Partial<Pop3ServerOptions>,
    ...listeners: readonly ('tls' | 'starttls' | 'none')[]
  ): Promise<number[]> {
    const maildrop = new MemoryMaildrop(['Subject: hello\n\nworld\n']);
    const users = { ann: password };
    const server = new Pop3Server({ users, maildrop: () => maildrop, failureDelay: 0, ...options });
    servers.push(server);
    const ports: number[] = [];
    for (const security of listeners) ports.push((await server.listen({ security })).port);
    return ports;
  }

  /** Runs `doctor`, with these servers behind their names. */
  async function doctor(
    routes: Readonly<Record<string, number | undefined>>,
    words: readonly string[],
    world: World = {},
  ) {
    const known = Object.entries(routes).flatMap(([name, port]) =>
      port === undefined ? [] : [[name, port] as const],
    );
    const proxy = await startHttpProxy({ routes: Object.fromEntries(known) });
    proxies.push(proxy);
    const options = ['--proxy', `http://127.0.0.1:${proxy.port}`, '--ca', join(folder, 'ca.pem')];
    const ran = await postriderIn(
      { ...world, env: { XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, ...world.env } },
      ['doctor', ...words, ...options],
    );
    return { ...ran, asked: proxy.asked, received: proxy.received, questions: ran.asked };
  }

  async function goodServer(host: string, options: Partial<Pop3ServerOptions> = {}) {
    const [tls, stls] = await serve({ tls: await certificate(host), ...options }, 'tls', 'starttls');
    return { [`${host}:995`]: tls, [`${host}:110`]: stls };
  }

  test('a good server: both ports, TLS, certificate, offers, ways and a verdict; exit code 0', async () => {
    const { code, stdout, stderr } = await doctor(await goodServer('pop.example.org'), ['pop.example.org']);
    assert.equal(code, 0, stderr);
    const expected = [
      /^pop\.example\.org:995, TLS from the first octet$/m,
      /^ {2}good {2}TLS +TLSv1\.3, \S+; logins are bound to it \(tls-exporter\)$/m,
      /^ {2}good {2}names +pop\.example\.org$/m,
      /^ +issuer +CN=Example authority$/m,
      /^ {2}good {2}valid +\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d, 90 days left$/m,
      /^ +pin +[A-Za-z0-9+/]{43}=$/m,
      /^ +offers +TOP, UIDL, .*$/m,
      /^ +SASL +SCRAM-SHA-512-PLUS, .*PLAIN, LOGIN$/m,
      /^pop\.example\.org:110, before STLS$/m,
      /^ +connection +readable on the way, with STLS on offer$/m,
      /^pop\.example\.org:110, after STLS$/m,
      /^ {2}good {2}names +the certificate of port 995$/m,
      /^Ways to log in on port 995, best first$/m,
      /^ {2}good {2}1\. SCRAM-SHA-512-PLUS +the password stays here/m,
      /^ {2}weak {2}\d+\. CRAM-MD5 +only a digest is sent/m,
      /^In short\n {2}good {2}verdict +Postrider would use TLS on port 995 and SCRAM-SHA-512-PLUS: /m,
      /^ +-> postrider status pop\.example\.org USER --ca \S+ --proxy http:\S+$/m,
    ];
    for (const pattern of expected) assert.match(stdout, pattern);
  });

  test('every line of the report begins in one of three columns', async () => {
    const { stdout } = await doctor(await goodServer('pop.example.org'), ['pop.example.org'], {
      columns: 90,
      env: { NO_COLOR: '1' },
    });
    for (const line of stdout.split('\n').filter((one) => one.startsWith(' '))) {
      assert.match(line, /^ {2}(?:good|weak|bad |note| {4}) {2}\S|^ {8,}\S/);
      assert.ok(line.length < 90 || !line.trim().includes(' '), line);
    }
  });

  test('nobody logs in where no user is named', async () => {
    const { received, stdout } = await doctor(await goodServer('pop.example.org'), ['pop.example.org'], {
      env: { POSTRIDER_PASSWORD: password },
    });
    assert.doesNotMatch(received, /AUTH|USER|PASS/);
    assert.doesNotMatch(stdout, /login +/);
  });

  test('with a user: logs in, and says how that went', async () => {
    const routes = await goodServer('pop.example.org');
    const words = ['pop.example.org', 'ann'];
    const good = await doctor(routes, words, { env: { POSTRIDER_PASSWORD: password } });
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /^ {2}good {2}login +ann, by SCRAM-SHA-512-PLUS: 1 message, 25 B$/m);
    const bad = await doctor(routes, words, { env: { POSTRIDER_PASSWORD: 'a wrong one' } });
    assert.equal(bad.code, 77);
    assert.match(bad.stdout, /^ {2}bad {3}login +.*wrong user name or password/m);
    assert.match(bad.stdout, /-> Check user name and password/);
    assert.ok(!`${bad.stdout}${bad.stderr}`.includes('a wrong one'));
  });

  test('an account of the configuration, with its own port and user', async () => {
    const [tls = 0] = await serve({ tls: await certificate('pop.example.org') }, 'tls');
    const config = join(folder, 'account.toml');
    writeFileSync(
      config,
      '[accounts.home]\nhost = "pop.example.org"\nuser = "ann"\nport = 2995\nsecurity = "tls"\n',
      { mode: 0o600 },
    );
    const { code, stdout, stderr } = await doctor(
      { 'pop.example.org:2995': tls },
      ['home', '--config', config],
      {
        env: { POSTRIDER_PASSWORD: password },
      },
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^pop\.example\.org:2995, TLS/m);
    assert.match(stdout, /good {2}login +ann, by/);
    assert.match(stdout, /-> postrider status home --config \S+ --ca \S+ --proxy \S+$/m);
  });

  test('the command that it names does log in, as it is printed', async () => {
    const [stls] = await serve({ tls: await certificate('stls.example.org') }, 'starttls');
    const config = join(folder, 'ann@stls.toml');
    writeFileSync(config, '[accounts."ann@example.org"]\nhost = "stls.example.org"\nuser = "ann"\n', {
      mode: 0o600,
    });
    for (const words of [
      ['stls.example.org', 'ann', '--auth', 'SCRAM-SHA-512,plain'],
      ['ann@example.org', '--config', config],
    ]) {
      const env = { POSTRIDER_PASSWORD: password };
      const { stdout } = await doctor({ 'stls.example.org:110': stls }, words, { env });
      const [, command = ''] = /-> postrider (.*)$/m.exec(stdout) ?? [];
      const { code, stderr } = await postriderIn({ env }, command.split(' '));
      assert.equal(code, 0, `${command}: ${stderr}`);
    }
  });

  test('a server that counts in 32 bits: the login went well, as status has it', async () => {
    const { cert, key } = await certificate('big.example.org');
    await using server = await startScriptedServer(async (peer) => {
      await peer.startTls({ cert, key });
      await peer.send('+OK ready\r\n');
      await peer.answer((line) => {
        if (line === 'CAPA') return '+OK\r\nUSER\r\n.\r\n';
        if (line === 'STAT') return '+OK 2 -1294967296\r\n';
        return line === 'LIST' ? '+OK\r\n1 2000000000\r\n2 1000000000\r\n.\r\n' : '+OK\r\n';
      });
    });
    const { code, stdout } = await doctor(
      { 'big.example.org:995': server.port },
      ['big.example.org', 'ann', '--port', '995'],
      { env: { POSTRIDER_PASSWORD: password } },
    );
    assert.match(stdout, /^ {2}good {2}login +ann, by USER: 2 messages, 3\.0 GB$/m);
    assert.equal(code, 0);
  });

  test('an address of IPv6 stands in brackets before its port', async () => {
    const { stdout } = await postriderIn({}, ['doctor', '::1', '--port', '1']);
    assert.match(stdout, /^\[::1\]:1, TLS from/);
  });

  test('a port of its own is taken to speak TLS, as every command takes it', async () => {
    const [tls] = await serve({ tls: await certificate('own.example.org') }, 'tls');
    const { code, stdout } = await doctor({ 'own.example.org:2995': tls }, [
      'own.example.org',
      '--port',
      '2995',
    ]);
    assert.equal(code, 0);
    assert.match(stdout, /^own\.example\.org:2995, TLS from the first octet\n {2}good /);
    assert.match(stdout, /-> postrider status own\.example\.org USER --port 2995 --ca /m);
  });

  test('STLS only: it is found, and the command says how to use it', async () => {
    const [stls] = await serve({ tls: await certificate('stls.example.org') }, 'starttls');
    const { code, stdout } = await doctor({ 'stls.example.org:110': stls }, ['stls.example.org']);
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}bad {3}connection /m);
    assert.match(stdout, /^ {2}good {2}verdict +Postrider would use STLS on port 110/m);
    assert.match(stdout, /-> postrider status stls\.example\.org USER --security starttls --ca /m);
  });

  test('passwords taken before STLS: weak, and what to do', async () => {
    const options = { tls: await certificate('loose.example.org'), allowCleartextPassword: true };
    const [stls] = await serve(options, 'starttls');
    const { stdout } = await doctor({ 'loose.example.org:110': stls }, ['loose.example.org']);
    assert.match(stdout, /^ {2}weak {2}passwords +taken readable without TLS \(PLAIN, LOGIN, USER\)/m);
    assert.match(stdout, /-> If the server is yours: take no readable passwords before STLS/);
  });

  test('a certificate that ends soon: weak, though a login is safe', async () => {
    const [tls] = await serve({ tls: await certificate('soon.example.org', 5) }, 'tls');
    const { code, stdout } = await doctor({ 'soon.example.org:995': tls }, ['soon.example.org']);
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}weak {2}valid +.*, 5 days left\n +-> It expires soon/m);
  });

  const broken: readonly (readonly [name: string, make: () => Promise<TestCertificate>, text: RegExp])[] = [
    [
      'expired',
      () => certificate('pop.example.org', -3, -9),
      /^ {2}bad {3}certificate +expired on \d{4}-\d\d-\d\d$/m,
    ],
    ['not valid yet', () => certificate('pop.example.org', 9, 3), /certificate +is not valid yet, only from/],
    ['for another host', () => certificate('www.example.org'), /certificate +is not for pop\.example\.org$/m],
    [
      'of an unknown authority',
      async () => (await makeAuthority('CN=Other')).issue({ names: ['pop.example.org'] }),
      /certificate +was issued by an authority that is not trusted$/m,
    ],
  ];
  for (const [name, make, text] of broken) {
    test(`a certificate ${name}: bad, with names, dates and pin, and nothing is sent; exit code 76`, async () => {
      const [tls, stls] = await serve({ tls: await make() }, 'tls', 'starttls');
      const routes = { 'pop.example.org:995': tls, 'pop.example.org:110': stls };
      const env = { POSTRIDER_PASSWORD: password };
      const { code, stdout, received } = await doctor(routes, ['pop.example.org', 'ann'], { env });
      assert.equal(code, 76);
      assert.match(stdout, text);
      const pin = /^ +pin +(\S+)$/m.exec(stdout)?.[1] ?? 'none';
      assert.ok(stdout.includes(`--pin ${pin}`), stdout);
      assert.match(stdout, /^ +names +\S+\.example\.org$/m);
      assert.match(stdout, /^ +valid +\d{4}-\d\d-\d\d to /m);
      assert.match(stdout, /^ {2}bad {3}certificate +the one of port 995, for the same reason$/m);
      assert.match(stdout, /^ {2}bad {3}verdict +there is no safe way to log in/m);
      assert.doesNotMatch(received, /AUTH|USER|PASS|APOP/);
    });
  }

  test('the pin that it shows makes the same server good', async () => {
    const self = await (await makeAuthority('CN=Other')).issue({ names: ['pop.example.org'] });
    const [tls] = await serve({ tls: self }, 'tls');
    const routes = { 'pop.example.org:995': tls };
    const { stdout } = await doctor(routes, ['pop.example.org']);
    const pin = /^ +pin +(\S+)$/m.exec(stdout)?.[1] ?? '';
    const proxy = await startHttpProxy({ routes: { 'pop.example.org:995': tls ?? 0 } });
    proxies.push(proxy);
    const words = ['doctor', 'pop.example.org', '--pin', pin, '--proxy', `http://127.0.0.1:${proxy.port}`];
    const again = await postriderIn({}, words);
    assert.equal(again.code, 0, again.stdout);
    assert.match(again.stdout, /^ {2}good {2}names/m);
  });

  test('plain text only: no safe login, exit code 77, and what there would be without TLS', async () => {
    const [plain] = await serve({}, 'none');
    const { code, stdout } = await doctor({ 'plain.example.org:110': plain }, ['plain.example.org']);
    assert.equal(code, 77);
    assert.match(stdout, /^plain\.example\.org:110, without TLS$/m);
    assert.match(stdout, /^ {2}bad {3}connection +readable on the way, and no STLS/m);
    assert.match(stdout, /^ {2}weak {2}1\. SCRAM-SHA-512 /m);
    assert.match(stdout, /-> --security none would log in by SCRAM-SHA-512/);
  });

  test('a port that is silent, and one that is closed: nothing is known, exit code 75', async () => {
    await using silent = await startScriptedServer((peer) => peer.stall());
    const routes = { 'silent.example.org:995': silent.port };
    const { code, stdout } = await doctor(routes, ['silent.example.org', '--timeout', '1']);
    assert.equal(code, 75);
    assert.match(
      stdout,
      /verdict +silent\.example\.org could not be looked at: .* is not known\n +-> Try again later\./,
    );
  });

  test('a host that is not there: exit code 69', async () => {
    const { code, stdout } = await doctor({}, ['dead.example.org', 'ann'], {
      env: { POSTRIDER_PASSWORD: password },
    });
    assert.equal(code, 69);
    assert.match(stdout, /^ {2}bad {2}verdict +dead\.example\.org cannot be reached$/m);
  });

  test('a server that lists no way to log in: USER, as Postrider would', async () => {
    const own = await certificate('old.example.org');
    await using server = await startScriptedServer(async (peer) => {
      await peer.startTls(own);
      await peer.send('+OK ready\r\n');
      await peer.answer((line) => (line === 'CAPA' ? '+OK\r\nTOP\r\n.\r\n' : '+OK\r\n'));
    });
    const { code, stdout } = await doctor({ 'old.example.org:995': server.port }, ['old.example.org']);
    assert.equal(code, 0);
    assert.match(
      stdout,
      /^ {2}good {2}1\. USER +the server lists no way that could be used; most know this one$/m,
    );
  });

  test('what a server says does nothing to the terminal', async () => {
    const evil = '\x1b[2J\x1b]0;owned\x07\u202eevil';
    await using server = await startScriptedServer(async (peer) => {
      await peer.send(Buffer.from(`+OK ${evil}\r\n`));
      await peer.expect('CAPA');
      await peer.send(Buffer.from(`+OK\r\nX-${evil}\r\nSASL ${evil}\r\n.\r\n`));
      await peer.answer(() => '+OK\r\n');
    });
    const { stdout } = await doctor({ 'evil.example.org:110': server.port }, ['evil.example.org']);
    assert.match(stdout, /\\x1b\[2J/);
    assert.match(stdout, /^[\x20-\x7e\n]+$/);
  });

  test('a known provider is named, with what it wants', async () => {
    const [tls] = await serve({ tls: await certificate('pop.gmail.com') }, 'tls');
    const { stdout } = await doctor({ 'pop.gmail.com:995': tls }, ['pop.gmail.com']);
    assert.match(stdout, /^ +provider +Gmail: POP has to be enabled .*app password.*OAuth 2\.0 only/m);
    const none = await postriderIn({}, ['doctor', 'me@icloud.com']);
    assert.equal(none.code, 69);
    assert.match(none.stderr, /iCloud: It has no POP3/);
  });

  suite('a mail address', () => {
    const discovery = (host: string): DiscoveryNetwork => ({
      resolveSrv: async (name) =>
        name === '_pop3s._tcp.example.org' ? [{ name: host, port: 995, priority: 0, weight: 0 }] : [],
      fetchText: async () => undefined,
    });
    const env = { POSTRIDER_PASSWORD: password };
    const words = ['ann@example.org', 'ann'];

    test('the server that DNS names under the mail domain is looked at, and the source named', async () => {
      const routes = await goodServer('pop.example.org');
      const world = { discovery: discovery('pop.example.org') };
      const { code, stdout, received } = await doctor(routes, ['ann@example.org'], world);
      assert.equal(code, 0);
      assert.match(
        stdout,
        /^Server of ann@example\.org\n +source +the SRV record _pop3s\._tcp\.example\.org$/m,
      );
      assert.match(stdout, /^ {2}good {2}server +pop\.example\.org:995, TLS$/m);
      assert.match(stdout, /^ +user +ann@example\.org$/m);
      assert.match(stdout, /^pop\.example\.org:995, TLS from the first octet$/m);
      assert.match(stdout, /-> postrider status pop\.example\.org ann@example\.org --ca /m);
      assert.doesNotMatch(received, /AUTH/);
    });

    test('under the mail domain, a password may go there', async () => {
      const routes = await goodServer('pop.example.org');
      const { stdout } = await doctor(routes, words, { env, discovery: discovery('pop.example.org') });
      assert.match(stdout, /good {2}login +ann, by SCRAM-SHA-512-PLUS/);
    });

    const answers: readonly (readonly [name: string, answers: readonly string[], login: boolean])[] = [
      ['nobody is there to ask', [], false],
      ['the user says no', ['n'], false],
      ['the user says yes', ['y'], true],
    ];
    for (const [name, given, login] of answers) {
      test(`outside it, where ${name}: ${login ? 'logs in' : 'no password, no login'}`, async () => {
        const logins: string[] = [];
        const log = ({ event }: { event: string }): void =>
          void (event.startsWith('login') && logins.push(event));
        const routes = await goodServer('pop.evil.test', { log });
        const world = { env, answers: given, discovery: discovery('pop.evil.test') };
        const { stdout, stderr, questions } = await doctor(routes, words, world);
        assert.match(stdout, /^ {2}weak {2}server +pop\.evil\.test:995, TLS; it is not under example\.org/m);
        assert.deepEqual(logins, login ? ['login'] : []);
        assert.equal(/good {2}login/.test(stdout), login);
        if (given.length > 0) assert.match(questions[0] ?? '', /Is pop\.evil\.test the right server/);
        else assert.match(stderr, /no terminal to ask whether pop\.evil\.test/);
        if (!login) assert.match(stdout, /^ {2}weak {2}login +not tried: nobody has confirmed/m);
      });
    }
  });

  test('--json has stable keys', async () => {
    const { code, stdout } = await doctor(
      await goodServer('pop.example.org'),
      ['pop.example.org', 'ann', '--json'],
      {
        env: { POSTRIDER_PASSWORD: password },
      },
    );
    assert.equal(code, 0);
    const report = JSON.parse(stdout);
    assert.deepEqual(Object.keys(report), [
      'host',
      'user',
      'source',
      'confirmed',
      'provider',
      'safe',
      'examinations',
      'login',
    ]);
    assert.equal(report.safe, true);
    assert.deepEqual(report.login, {
      user: 'ann',
      mechanism: 'SCRAM-SHA-512-PLUS',
      messages: 1,
      octets: 25,
      error: null,
    });
    assert.deepEqual(
      report.examinations.map(
        ({ security, port }: { security: string; port: number }) => `${security} ${port}`,
      ),
      ['tls 995', 'none 110', 'starttls 110'],
    );
    const [first] = report.examinations;
    assert.deepEqual(Object.keys(first), [
      'security',
      'port',
      'error',
      'tls',
      'certificate',
      'greeting',
      'capabilities',
      'ways',
    ]);
    assert.deepEqual(Object.keys(first.certificate), [
      'subject',
      'issuer',
      'names',
      'notBefore',
      'notAfter',
      'daysLeft',
      'pin',
    ]);
    assert.deepEqual(first.ways.usable[0], {
      name: 'SCRAM-SHA-512-PLUS',
      exposure: 'digest',
      reason: 'the password stays here, and both sides prove that nobody is in between',
      takes: 'password',
    });
  });
});

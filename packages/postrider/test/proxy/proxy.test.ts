import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { inspect } from 'node:util';
import { TransportError } from '@postrider/pop3';
import { MemoryMaildrop, Pop3Server } from '@postrider/pop3/server';
import { makeAuthority } from '../../../pop3/test/support/authority.ts';
import { connectThroughProxy } from '../../src/proxy/proxy.ts';
import { parseProxy } from '../../src/proxy/proxy-url.ts';
import { listen } from '../support/listen.ts';
import { startHttpProxy, startSocksProxy, type TestProxyOptions } from '../support/proxy.ts';
import { postrider, type Ran } from '../support/run.ts';

const password = 'Sesame-opens-9';
const login = { user: 'me@work', password: 'p:ss/w@rd-of-the-proxy' };
const kinds = { socks5: startSocksProxy, http: startHttpProxy } as const;

suite('a proxy', () => {
  let folder: string;
  let server: Pop3Server;
  let ports: Record<'tls' | 'starttls', number>;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pr-proxy-'));
    const authority = await makeAuthority();
    writeFileSync(join(folder, 'ca.pem'), authority.cert);
    const maildrop = new MemoryMaildrop(['Subject: hello\n\nworld\n']);
    server = new Pop3Server({
      users: { ann: password },
      maildrop: () => maildrop,
      tls: await authority.issue({ names: ['pop.example.test'] }),
      failureDelay: 0,
    });
    const [tls, starttls] = [
      await server.listen({ security: 'tls' }),
      await server.listen({ security: 'starttls' }),
    ];
    ports = { tls: tls.port, starttls: starttls.port };
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs `status` through a proxy. The name is one that only the proxy can resolve. */
  async function through(
    kind: keyof typeof kinds,
    url: (port: number) => string,
    options: Partial<TestProxyOptions> & { readonly security?: 'tls' | 'starttls' },
  ): Promise<Ran & { readonly reached: readonly string[]; readonly received: string }> {
    const { security = 'tls', ...more } = options;
    const routes = { 'pop.example.test:995': ports.tls, 'pop.example.test:110': ports.starttls };
    const proxy = await kinds[kind]({ routes, ...more });
    try {
      const ran = await postrider(
        [
          ...['status', 'pop.example.test', 'ann', '--security', security, '--ca', join(folder, 'ca.pem')],
          ...['--proxy', url(proxy.port), '--trace', '--verbose'],
        ],
        { POSTRIDER_PASSWORD: password },
      );
      return { ...ran, reached: proxy.asked, received: proxy.received };
    } finally {
      await proxy.close();
    }
  }

  for (const kind of ['socks5', 'http'] as const) {
    for (const security of ['tls', 'starttls'] as const) {
      const port = security === 'tls' ? 995 : 110;

      test(`${kind}, ${security}: without a login`, async () => {
        const { code, stdout, stderr, reached } = await through(kind, (at) => `${kind}://127.0.0.1:${at}`, {
          security,
        });
        assert.equal(code, 0, stderr);
        assert.equal(stdout, 'You have 1 message totaling 25 bytes.\n');
        assert.deepEqual(reached, [`pop.example.test:${port}`], 'the proxy resolves the name');
      });

      test(`${kind}, ${security}: with a login, and no mail in clear`, async () => {
        const user = `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}`;
        const url = (at: number): string => `${kind}://${user}@127.0.0.1:${at}`;
        const { code, stderr, received, reached } = await through(kind, url, { security, login });
        assert.equal(code, 0, stderr);
        assert.deepEqual(reached, [`pop.example.test:${port}`]);
        assert.doesNotMatch(received, /AUTH|SCRAM|STAT|ann/);
      });
    }

    test(`${kind}: a wrong login: one sentence, what to do, no password, exit code 69`, async () => {
      const url = (at: number): string => `${kind}://me:wrong-proxy-password@127.0.0.1:${at}`;
      const { code, stderr, reached } = await through(kind, url, { login });
      assert.equal(code, 69);
      assert.match(
        stderr,
        /^postrider: pop\.example\.test:995: while connecting: the proxy 127\.0\.0\.1:\d+ did not connect: /m,
      );
      assert.match(stderr, /^hint: Check the user and the password in the URL of the proxy/m);
      assert.doesNotMatch(stderr, /wrong-proxy-password|d3JvbmctcHJveHktcGFzc3dvcmQ/);
      assert.deepEqual(reached, []);
    });

    test(`${kind}: no login where one is wanted`, async () => {
      const { code, stderr } = await through(kind, (at) => `${kind}://127.0.0.1:${at}`, { login });
      assert.equal(code, 69);
      assert.match(
        stderr,
        /^hint: Check the (?:user and the password in the URL|address and the kind) of the proxy/m,
      );
    });

    test(`${kind}: a host that it does not allow`, async () => {
      const { code, stderr } = await through(kind, (at) => `${kind}://127.0.0.1:${at}`, { routes: {} });
      assert.equal(code, 69);
      assert.match(stderr, /^hint: The proxy does not allow this host and port/m);
    });

    test(`${kind}: one that is not there`, async () => {
      const gone = await kinds[kind]({ routes: {} });
      await gone.close();
      const words = ['status', 'pop.example.test', 'ann', '--proxy', `${kind}://127.0.0.1:${gone.port}`];
      const { code, stderr } = await postrider(words, { POSTRIDER_PASSWORD: password });
      assert.equal(code, 69);
      assert.match(stderr, /ECONNREFUSED/);
      assert.match(stderr, /^hint: Check the address of the proxy, and whether it runs/m);
    });

    test(`${kind}: the error holds the proxy's password nowhere`, async () => {
      const proxy = await kinds[kind]({ routes: {}, login });
      const url = `${kind}://me:${encodeURIComponent(login.password)}@127.0.0.1:${proxy.port}`;
      const endpoint = { host: 'pop.example.test', port: 995 };
      try {
        await connectThroughProxy(parseProxy(url), endpoint, new AbortController().signal);
        assert.fail('it connected');
      } catch (error) {
        assert.ok(error instanceof TransportError, String(error));
        const shown = `${inspect(error, { depth: 10, showHidden: true })}${JSON.stringify(error)}${error.stack}`;
        const base64 = Buffer.from(`me:${login.password}`).toString('base64');
        for (const form of [login.password, base64]) assert.ok(!shown.includes(form), shown);
      } finally {
        await proxy.close();
      }
    });

    test(`${kind}: a proxy that says nothing is left after the time for connecting`, async () => {
      const { createServer } = await import('node:net');
      await using silent = await listen(createServer(() => {}));
      const words = [
        'status',
        'pop.example.test',
        'ann',
        '--timeout',
        '1',
        '--proxy',
        `${kind}://127.0.0.1:${silent.port}`,
      ];
      const { code, stderr } = await postrider(words, { POSTRIDER_PASSWORD: password });
      assert.equal(code, 75, stderr);
      assert.match(stderr, /proxy.*within 1 s/);
    });
  }

  for (const url of ['nonsense', 'ftp://proxy:21', 'https://proxy:443', 'socks4://proxy', 'socks5://']) {
    test(`${url} is no proxy: exit code 64, and what one looks like`, async () => {
      const words = ['status', 'pop.example.test', 'ann', '--proxy', url];
      const { code, stderr } = await postrider(words, { POSTRIDER_PASSWORD: password });
      assert.equal(code, 64);
      assert.match(stderr, /socks5:\/\/HOST:PORT or http:\/\/HOST:PORT/);
    });
  }
});

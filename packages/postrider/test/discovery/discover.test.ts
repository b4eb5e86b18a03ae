import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { discover } from '../../src/discovery/discover.ts';
import type { DiscoveryNetwork, ServiceRecord } from '../../src/discovery/network.ts';
import { postriderIn } from '../support/run.ts';

type Srv = Partial<ServiceRecord> & { readonly name: string };

/** A network with these records and documents, which writes down what it is asked. */
function network(
  records: Readonly<Record<string, readonly Srv[] | Error>>,
  documents: Readonly<Record<string, string | Error>> = {},
): DiscoveryNetwork & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  return {
    asked,
    resolveSrv: async (name) => {
      asked.push(name);
      const found = records[name] ?? [];
      if (found instanceof Error) throw found;
      return found.map((record) => ({ port: 995, priority: 0, weight: 0, ...record }));
    },
    fetchText: async (url) => {
      asked.push(url);
      const found = documents[url.replace(/\?.*$/, '')];
      if (found instanceof Error) throw found;
      return found;
    },
  };
}

const autoconfig = 'https://autoconfig.example.org/mail/config-v1.1.xml';
const wellKnown = 'https://example.org/.well-known/autoconfig/mail/config-v1.1.xml';

const document = (...servers: readonly string[]): string =>
  `<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="example.org">
  <incomingServer type="imap"><hostname>imap.example.org</hostname><port>993</port><socketType>SSL</socketType></incomingServer>
  ${servers.join('\n')}</emailProvider></clientConfig>`;

const pop3 = (more: { host?: string; port?: string; socket?: string; user?: string } = {}): string => {
  const { host = 'pop.example.org', port = '995', socket = 'SSL', user = '%EMAILADDRESS%' } = more;
  return `<incomingServer type="pop3"><hostname>${host}</hostname><port>${port}</port><socketType>${socket}</socketType><username>${user}</username></incomingServer>`;
};

const found = async (net: DiscoveryNetwork, address = 'ann@example.org') =>
  (await discover(address, net)).servers;

suite('by SRV record (RFC 6186)', () => {
  test('_pop3s: TLS, the whole address as the user, the source named', async () => {
    const net = network({ '_pop3s._tcp.example.org': [{ name: 'pop.example.org' }] });
    assert.deepEqual(await found(net), [
      {
        host: 'pop.example.org',
        port: 995,
        security: 'tls',
        user: 'ann@example.org',
        source: 'the SRV record _pop3s._tcp.example.org',
        trusted: true,
      },
    ]);
    assert.deepEqual(net.asked, ['_pop3s._tcp.example.org', '_pop3._tcp.example.org']);
  });

  test('_pop3: STLS, never plain text, and behind _pop3s', async () => {
    const servers = await found(
      network({
        '_pop3._tcp.example.org': [{ name: 'old.example.org', port: 110 }],
        '_pop3s._tcp.example.org': [{ name: 'pop.example.org' }],
      }),
    );
    assert.deepEqual(
      servers.map(({ host, security }) => [host, security]),
      [
        ['pop.example.org', 'tls'],
        ['old.example.org', 'starttls'],
      ],
    );
  });

  test('by priority, then by weight', async () => {
    const servers = await found(
      network({
        '_pop3s._tcp.example.org': [
          { name: 'c.example.org', priority: 20 },
          { name: 'b.example.org', priority: 10, weight: 1 },
          { name: 'a.example.org', priority: 10, weight: 9 },
        ],
      }),
    );
    assert.deepEqual(
      servers.map(({ host }) => host[0]),
      ['a', 'b', 'c'],
    );
  });

  for (const user of ['', 'ann\x1b]0;owned\x07', 'ann\u202eynna', 'ann\nSubject', 'ann example']) {
    test(`${JSON.stringify(user)} is no user that could be shown: the address is`, async () => {
      const [server] = await found(network({}, { [autoconfig]: document(pop3({ user })) }));
      assert.equal(server?.user, 'ann@example.org');
    });
  }

  const useless: readonly (readonly [name: string, record: Srv])[] = [
    ['a single dot: the service is not there (RFC 2782)', { name: '.' }],
    ['no name', { name: '' }],
    ['a name that is none', { name: 'pop.example.org/../x' }],
    ['a name with controls', { name: 'pop\x1b[2J.example.org' }],
    ['port 0', { name: 'pop.example.org', port: 0 }],
    ['port 70000', { name: 'pop.example.org', port: 70_000 }],
  ];
  for (const [name, record] of useless) {
    test(`${name}: nothing`, async () => {
      assert.deepEqual(await found(network({ '_pop3s._tcp.example.org': [record] })), []);
    });
  }
});

suite('a host is trusted', () => {
  const rows: readonly (readonly [host: string, trusted: boolean])[] = [
    ['example.org', true],
    ['pop.example.org', true],
    ['POP.Example.ORG.', true],
    ['a.b.example.org', true],
    ['example.com', false],
    ['badexample.org', false],
    ['example.org.evil.test', false],
    ['org', false],
  ];
  for (const [host, trusted] of rows) {
    test(`${host}: ${trusted ? 'under the mail domain' : 'not under it'}`, async () => {
      const servers = await found(network({ '_pop3s._tcp.example.org': [{ name: host }] }));
      assert.equal(servers[0]?.trusted, trusted);
    });
  }
});

suite('by autoconfig', () => {
  test('asked for after DNS, at both places', async () => {
    const net = network({});
    const { servers, tried } = await discover('ann@example.org', net);
    assert.deepEqual(servers, []);
    assert.deepEqual(net.asked.slice(2), [`${autoconfig}?emailaddress=ann%40example.org`, wellKnown]);
    assert.deepEqual(tried, [
      'the SRV record _pop3s._tcp.example.org: none',
      'the SRV record _pop3._tcp.example.org: none',
      `${autoconfig}: none`,
      `${wellKnown}: none`,
    ]);
  });

  test('POP3 over TLS or STLS; IMAP and plain text are passed over', async () => {
    const text = document(
      pop3({ socket: 'plain', port: '110' }),
      pop3(),
      pop3({ socket: 'STARTTLS', port: '110', user: '%EMAILLOCALPART%' }),
    );
    assert.deepEqual(await found(network({}, { [autoconfig]: text })), [
      {
        host: 'pop.example.org',
        port: 995,
        security: 'tls',
        user: 'ann@example.org',
        source: autoconfig,
        trusted: true,
      },
      {
        host: 'pop.example.org',
        port: 110,
        security: 'starttls',
        user: 'ann',
        source: autoconfig,
        trusted: true,
      },
    ]);
  });

  test('names are filled in literally', async () => {
    const text = document(pop3({ host: 'pop.%EMAILDOMAIN%', user: '%EMAILLOCALPART%-x' }));
    const [server] = await found(network({}, { [wellKnown]: text }), "$&'@example.org");
    assert.equal(server?.host, 'pop.example.org');
    assert.equal(server?.user, "$&'-x");
  });

  const useless: readonly (readonly [name: string, text: string])[] = [
    ['nothing', ''],
    ['HTML', '<html><body>Not found'],
    ['another root', '<x><incomingServer type="pop3"/></x>'],
    ['no port', document(pop3({ port: '' }))],
    ['a negative port', document(pop3({ port: '-1' }))],
    ['a huge port', document(pop3({ port: '99999' }))],
    ['no host', document(pop3({ host: '' }))],
    ['a host with spaces', document(pop3({ host: 'pop example' }))],
    ['a prototype', document('<__proto__>x</__proto__>')],
    ['entities', `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${document(pop3({ host: '&b;' }))}`],
  ];
  for (const [name, text] of useless) {
    test(`${name}: no server, no error`, async () => {
      assert.deepEqual(await found(network({}, { [autoconfig]: text })), []);
    });
  }

  test('what cannot be reached is told, and the next place is asked', async () => {
    const net = network(
      { '_pop3s._tcp.example.org': new Error('DNS gives no answer (ETIMEOUT)') },
      { [autoconfig]: new Error('it does not answer'), [wellKnown]: document(pop3()) },
    );
    assert.equal((await found(net))[0]?.source, wellKnown);
    const { tried } = await discover(
      'ann@example.org',
      network({ '_pop3s._tcp.example.org': new Error('DNS gives no answer (ETIMEOUT)') }),
    );
    assert.equal(tried[0], 'the SRV record _pop3s._tcp.example.org: DNS gives no answer (ETIMEOUT)');
  });
});

suite('without the network', () => {
  test('a known provider is not asked for', async () => {
    const net = network({});
    const [server] = await found(net, 'ann@gmail.com');
    assert.equal(server?.host, 'pop.gmail.com');
    assert.equal(server.source, 'what is known of Gmail');
    assert.deepEqual(net.asked, []);
  });

  test('where the local part is the user, that is the user', async () => {
    assert.equal((await found(network({}), 'ann@free.fr'))[0]?.user, 'ann');
  });

  for (const address of [
    'ann',
    '@example.org',
    'ann@',
    'ann@exa mple.org',
    'ann@a/../b.org',
    'ann@example.org/x',
    'ann@example.org?x',
  ]) {
    test(`"${address}" is no mail address: nothing is asked`, async () => {
      const net = network({});
      await assert.rejects(discover(address, net), { exitCode: 64 });
      assert.deepEqual(net.asked, []);
    });
  }

  test("a name without a dot may be an own network's: nobody is asked about it", async () => {
    const net = network({});
    assert.deepEqual(await found(net, 'ann@localhost'), []);
    assert.deepEqual(net.asked, []);
  });

  test('a domain that is not ASCII is asked for as DNS knows it', async () => {
    const net = network({});
    await discover('ann@bücher.example', net);
    assert.equal(net.asked[0], '_pop3s._tcp.xn--bcher-kva.example');
  });
});

suite('doctor ADDRESS', () => {
  test('nothing found: exit code 69, where it looked, and what to do', async () => {
    const { code, stderr } = await postriderIn({ discovery: network({}) }, ['doctor', 'ann@example.org']);
    assert.equal(code, 69);
    assert.match(stderr, /nothing says which POP3 server example\.org has \(the SRV record _pop3s/);
    assert.match(stderr, /^hint: .*postrider doctor HOST/m);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { DiscoveryNetwork } from '../../src/discovery/network.ts';
import { startHttpProxy } from '../support/proxy.ts';
import { type Answer, postrider, postriderIn } from '../support/run.ts';

const left = new DOMException('the user left', 'AbortError');

/** A network in which DNS says that the server of example.org is this host. */
const naming = (name: string): DiscoveryNetwork => ({
  resolveSrv: async (service) =>
    service === '_pop3s._tcp.example.org' ? [{ name, port: 995, priority: 0, weight: 0 }] : [],
  fetchText: async () => undefined,
});

/** Runs `accounts add` up to where the answers end, and gives what was asked and told. */
async function add(host: string, answers: readonly Answer[]) {
  const world = { discovery: naming(host), answers: ['ann@example.org', ...answers, left] };
  const { asked, stderr } = await postriderIn(world, ['accounts', 'add']);
  return { asked: asked.slice(1), stderr };
}

suite('accounts add, where DNS names the server', () => {
  test('under the mail domain: it is taken, and the source named', async () => {
    const { asked, stderr } = await add('pop.example.org', []);
    assert.match(stderr, /pop\.example\.org:995, according to the SRV record _pop3s\._tcp\.example\.org/);
    assert.deepEqual(asked, ['User name:']);
  });

  test('outside of it: the user is asked before anything else', async () => {
    const { asked } = await add('pop.evil.test', []);
    assert.deepEqual(asked, ['pop.evil.test is not under example.org. Is it the right server?']);
  });

  test('outside of it, and he says no: he names the server himself', async () => {
    const { asked } = await add('pop.evil.test', ['n']);
    assert.deepEqual(asked.slice(1), ['POP3 server:']);
  });

  test('outside of it, and he says yes: it is taken', async () => {
    const { asked } = await add('pop.evil.test', ['y']);
    assert.deepEqual(asked.slice(1), ['User name:']);
  });
});

test('accounts add, for a name of the own network: the user names the server', async () => {
  const { asked, stderr } = await postrider(['accounts', 'add', 'ann@mailhost'], {}, [left]);
  assert.deepEqual(asked, ['POP3 server:'], stderr);
});

suite('a server is looked for through the proxy', () => {
  const commands: readonly (readonly string[])[] = [
    ['accounts', 'add', 'ann@example.test'],
    ['doctor', 'ann@example.test'],
  ];
  for (const words of commands) {
    test(`${words.join(' ')}: both documents are asked for there, and DNS is not asked`, async () => {
      const proxy = await startHttpProxy({ routes: {} });
      try {
        const options = ['--proxy', `http://127.0.0.1:${proxy.port}`, '--verbose'];
        const { stderr } = await postrider([...words, ...options], {}, [left]);
        const asked = [...proxy.received.matchAll(/^CONNECT (\S+)/gm)].map(([, target]) => target);
        assert.deepEqual(asked, ['autoconfig.example.test:443', 'example.test:443']);
        assert.match(stderr, /_pop3s\._tcp\.example\.test: the proxy cannot be asked for it/);
        assert.match(stderr, /config-v1\.1\.xml: the proxy 127\.0\.0\.1:\d+ did not connect/);
      } finally {
        await proxy.close();
      }
    });
  }
});

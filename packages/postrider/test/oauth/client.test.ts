import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { suite, test } from 'node:test';
import { findServer, makeClient } from '../../src/oauth/client.ts';
import type { OAuthSettings } from '../../src/oauth/settings.ts';
import { listen } from '../support/listen.ts';

const identity = { clientId: 'the-client', clientSecret: undefined };
const settings = (discover: string): OAuthSettings => ({
  name: 'sso',
  profile: undefined,
  server: { discover },
  certain: true,
  flow: undefined,
  scopes: () => [],
});

suite('requests to an authorization server', () => {
  const addresses: readonly (readonly [address: string, taken: boolean])[] = [
    ['https://sso.example.org/token', true],
    ['http://127.0.0.1:8080/token', true],
    ['http://[::1]:8080/token', true],
    ['http://localhost/token', true],
    ['http://sso.example.org/token', false],
    ['http://127.0.0.1.example.org/token', false],
    ['http://localhost.example.org/token', false],
    ['ftp://localhost/token', false],
  ];
  for (const [address, taken] of addresses) {
    test(`${address} is ${taken ? 'taken' : 'refused'}`, async () => {
      const making = makeClient(
        { issuer: 'https://sso.example.org', token_endpoint: address },
        identity,
        undefined,
      );
      if (taken) await making;
      else await assert.rejects(making, { exitCode: 78, message: /tokens would cross the network readable/ });
    });
  }

  test('a server of discovery that names an endpoint without TLS is refused', async () => {
    const server = {
      issuer: 'https://sso.example.org',
      revocation_endpoint: 'http://sso.example.org/revoke',
    };
    await assert.rejects(makeClient(server, identity, undefined), { exitCode: 78 });
  });

  test('are not made where the checks of certificates are switched off', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await assert.rejects(findServer(settings('https://127.0.0.1:1'), undefined), {
        exitCode: 76,
        message: /NODE_TLS_REJECT_UNAUTHORIZED=0 is set/,
      });
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });
});

suite('the metadata of an authorization server', () => {
  /** Finds a server whose documents are these, by the last word of their paths. */
  async function find(documents: (issuer: string) => Readonly<Record<string, unknown>>) {
    const http = createServer(({ url = '' }, response) => {
      const document = documents(issuer)[url.split('/').at(-1) ?? ''];
      if (document === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    });
    await using listening = await listen(http);
    const issuer = `http://127.0.0.1:${listening.port}`;
    return await findServer(settings(issuer), undefined);
  }
  const openid = (more: Readonly<Record<string, unknown>>) => (issuer: string) => ({
    'openid-configuration': { issuer, token_endpoint: `${issuer}/token`, ...more },
  });

  test('of OAuth 2.0, where there is none of OpenID', async () => {
    const { token_endpoint: endpoint } = await find((issuer) => ({
      'oauth-authorization-server': { issuer, token_endpoint: `${issuer}/token` },
    }));
    assert.match(endpoint ?? '', /\/token$/);
  });

  for (const endpoint of ['/token', 5, null, ['https://sso.example.org/token'], '']) {
    test(`an endpoint that is no URL is named: ${JSON.stringify(endpoint)}`, async () => {
      await assert.rejects(find(openid({ token_endpoint: endpoint })), {
        exitCode: 76,
        message: /^sso: .*token_endpoint/,
      });
    });
  }

  test('what is wrong with a document is said, and not that there is no other', async () => {
    await assert.rejects(find(openid({ issuer: 'https://other.example.org' })), {
      exitCode: 76,
      message: /issuer does not match the expected issuer/,
    });
  });

  test('methods that are no list are none', async () => {
    const found = await find(openid({ token_endpoint_auth_methods_supported: 'none' }));
    assert.equal(found.token_endpoint_auth_methods_supported, undefined);
  });
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findServer, makeClient } from '../../src/oauth/client.ts';
import type { OAuthSettings } from '../../src/oauth/settings.ts';

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

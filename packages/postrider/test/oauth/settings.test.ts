import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { AccountConfig } from '../../src/config/schema.ts';
import type { Context } from '../../src/context.ts';
import { parseCommandLine } from '../../src/flag/parse.ts';
import { commands } from '../../src/flag/registry.ts';
import { oauthSettings } from '../../src/oauth/settings.ts';

type OAuthTable = NonNullable<AccountConfig['oauth']>;

/** The settings of an account at a host, by its oauth table and what was typed. */
function settingsOf(host: string, oauth?: OAuthTable, flags: readonly string[] = []) {
  const parsed = parseCommandLine(['login', 'work', ...flags], commands);
  assert.ok(parsed.type === 'command');
  const context: Pick<Context, 'invocation'> = parsed;
  const user = 'ann@example.org';
  const account = { host, user, ...(oauth === undefined ? {} : { oauth }) };
  return oauthSettings(context, { label: 'work', host, user, account, accountName: 'work' });
}

const entra = 'https://login.microsoftonline.com';

suite('how tokens are got', () => {
  test('Google is known by its server', () => {
    const settings = settingsOf('pop.gmail.com');
    assert.ok(settings !== undefined);
    assert.equal(settings.name, 'Google');
    assert.deepEqual(settings.server, {
      issuer: 'https://accounts.google.com',
      authorization_endpoint: 'https://accounts.google.com/o/oauth2/v2/auth',
      token_endpoint: 'https://oauth2.googleapis.com/token',
      revocation_endpoint: 'https://oauth2.googleapis.com/revoke',
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    });
    assert.deepEqual(settings.scopes('browser'), ['https://mail.google.com/']);
    assert.equal(settings.profile?.redirectHost, '127.0.0.1');
    assert.deepEqual(settings.profile?.parameters, { access_type: 'offline', prompt: 'consent' });
    assert.equal(settings.certain, false);
  });

  test('Microsoft is known by its server', () => {
    const settings = settingsOf('OUTLOOK.office365.com.');
    assert.ok(settings !== undefined);
    assert.deepEqual(settings.server, {
      issuer: `${entra}/common/v2.0`,
      authorization_endpoint: `${entra}/common/oauth2/v2.0/authorize`,
      token_endpoint: `${entra}/common/oauth2/v2.0/token`,
      device_authorization_endpoint: `${entra}/common/oauth2/v2.0/devicecode`,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
    });
    assert.deepEqual(settings.scopes('device'), [
      'https://outlook.office.com/POP.AccessAsUser.All',
      'offline_access',
    ]);
    assert.equal(settings.profile?.redirectHost, 'localhost');
    assert.equal(settings.certain, true);
  });

  test('an application at Microsoft 365 has its own directory and scope', () => {
    const oauth = { flow: 'client-credentials', tenant: 'example.org' } as const;
    const settings = settingsOf('outlook.office365.com', oauth);
    assert.ok(settings !== undefined && 'token_endpoint' in settings.server);
    assert.equal(settings.server.token_endpoint, `${entra}/example.org/oauth2/v2.0/token`);
    assert.deepEqual(settings.scopes('client-credentials'), ['https://outlook.office365.com/.default']);
    const flags = ['--flow', 'client-credentials', '--tenant', 'a/b'];
    const typed = settingsOf('outlook.office365.com', undefined, flags);
    assert.ok(typed !== undefined && 'token_endpoint' in typed.server);
    assert.equal(typed.server.token_endpoint, `${entra}/a%2Fb/oauth2/v2.0/token`);
  });

  test('flags come before the configuration, and the configuration before the profile', () => {
    const oauth: OAuthTable = { provider: 'google', flow: 'device', scopes: ['mine'] };
    const settings = settingsOf('mail.example.org', oauth, ['--flow', 'browser']);
    assert.equal(settings?.flow, 'browser');
    assert.deepEqual(settings?.scopes('browser'), ['mine']);
    assert.equal(settings?.name, 'Google');
  });

  test('an account with nothing of the kind has a password', () => {
    assert.equal(settingsOf('pop.example.org'), undefined);
  });

  test('an issuer is asked for its endpoints, and endpoints that are given are taken', () => {
    const scopes = ['mail'];
    const issuer = settingsOf('pop.example.org', { issuer: 'https://sso.example.org/realm', scopes });
    assert.deepEqual(issuer?.server, { discover: 'https://sso.example.org/realm' });
    assert.equal(issuer?.name, 'sso.example.org');
    const endpoints = settingsOf('pop.example.org', {
      'token-endpoint': 'https://sso.example.org/token',
      'authorization-endpoint': 'https://sso.example.org/authorize',
      scopes,
    });
    assert.deepEqual(endpoints?.server, {
      issuer: 'https://sso.example.org',
      token_endpoint: 'https://sso.example.org/token',
      authorization_endpoint: 'https://sso.example.org/authorize',
      device_authorization_endpoint: undefined,
      revocation_endpoint: undefined,
    });
  });

  const wrong: readonly (readonly [
    name: string,
    error: RegExp,
    host: string,
    oauth: OAuthTable | undefined,
    flags?: readonly string[],
  ])[] = [
    [
      'a flow for a server that nobody knows',
      /no oauth table for it/,
      'pop.example.org',
      undefined,
      ['--flow', 'device'],
    ],
    ['an empty table', /neither provider nor issuer nor token-endpoint/, 'pop.example.org', {}],
    ['no scopes', /has no scopes/, 'pop.example.org', { issuer: 'https://sso.example.org' }],
    ['no URL', /its oauth\.issuer is no URL/, 'pop.example.org', { issuer: 'sso', scopes: ['mail'] }],
    [
      'an endpoint that is no URL',
      /its oauth\.revocation-endpoint is no URL/,
      'pop.example.org',
      { issuer: 'https://sso.example.org', 'revocation-endpoint': 'x', scopes: ['mail'] },
    ],
    [
      'an application without its directory',
      /client credentials need the directory of the application/,
      'outlook.office365.com',
      { flow: 'client-credentials' },
    ],
    [
      'an application at Google',
      /Google has no client credentials for mail/,
      'pop.gmail.com',
      { flow: 'client-credentials' },
    ],
  ];
  for (const [name, message, host, oauth, flags] of wrong) {
    test(`${name}: 78`, () => {
      assert.throws(() => settingsOf(host, oauth, flags), { name: 'ProgramError', exitCode: 78, message });
    });
  }
});

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { AccountConfig } from '../../src/config/schema.ts';
import type { Context } from '../../src/context.ts';
import { parseCommandLine } from '../../src/flag/parse.ts';
import { commands } from '../../src/flag/registry.ts';
import { signInByBrowser } from '../../src/oauth/browser-flow.ts';
import { findServer, makeClient } from '../../src/oauth/client.ts';
import { oauthSettings } from '../../src/oauth/settings.ts';
import { Output } from '../../src/output/output.ts';

/** The address of the sign-in page that an account would be shown; the person gives up as soon as it is there. */
async function pageFor(host: string, oauth: AccountConfig['oauth']): Promise<URL> {
  const parsed = parseCommandLine(['login', 'work'], commands);
  assert.ok(parsed.type === 'command');
  const controller = new AbortController();
  let shown = '';
  const write = (text: string | Uint8Array): boolean => {
    shown += String(text);
    return true;
  };
  const sink = { write, once: () => undefined };
  const nobody = (): never => assert.fail('nobody is asked');
  const io: Context['io'] = {
    stdin: (async function* () {})(),
    stdout: sink,
    stderr: sink,
    env: {},
    signal: controller.signal,
    prompter: { available: false, hidden: nobody, line: nobody, confirm: nobody, choose: nobody },
  };
  const output = new Output(io, { json: false, quiet: true, verbose: false, color: 'never' });
  const context: Context = { invocation: parsed.invocation, output, io, commands };
  const user = 'ann@example.org';
  const account = { host, user, oauth };
  const settings = oauthSettings(context, { label: 'work', host, user, account, accountName: 'work' });
  assert.ok(settings !== undefined);
  const identity = { clientId: 'the-client', clientSecret: undefined };
  const client = await makeClient(await findServer(settings, undefined), identity, undefined);
  const openPage = async (): Promise<void> => controller.abort();
  const options = { settings, scopes: settings.scopes('browser'), user, milliseconds: 10_000 };
  await assert.rejects(signInByBrowser(context, client, openPage, options), { name: 'AbortError' });
  return new URL(/^ {2}(https:\S+)$/m.exec(shown)?.[1] ?? '');
}

/** Its parameters, without those that are random. */
function parametersOf({ searchParams }: URL): Readonly<Record<string, string>> {
  const random = ['state', 'code_challenge', 'redirect_uri'];
  return Object.fromEntries([...searchParams].filter(([name]) => !random.includes(name)));
}

const common = {
  client_id: 'the-client',
  response_type: 'code',
  code_challenge_method: 'S256',
  login_hint: 'ann@example.org',
};

suite('the sign-in page', () => {
  test('of Google: offline, with consent, back to 127.0.0.1', async () => {
    const page = await pageFor('pop.gmail.com', {});
    assert.equal(`${page.origin}${page.pathname}`, 'https://accounts.google.com/o/oauth2/v2/auth');
    assert.deepEqual(parametersOf(page), {
      ...common,
      scope: 'https://mail.google.com/',
      access_type: 'offline',
      prompt: 'consent',
    });
    assert.match(page.searchParams.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  test('of Microsoft: back to localhost', async () => {
    const page = await pageFor('outlook.office365.com', { tenant: 'example.org' });
    const path = '/example.org/oauth2/v2.0/authorize';
    assert.equal(`${page.origin}${page.pathname}`, `https://login.microsoftonline.com${path}`);
    assert.deepEqual(parametersOf(page), {
      ...common,
      scope: 'https://outlook.office.com/POP.AccessAsUser.All offline_access',
    });
    assert.match(page.searchParams.get('redirect_uri') ?? '', /^http:\/\/localhost:\d+\/$/);
  });

  test('of another: asks for consent where a refresh token is wanted, as OpenID Connect has it', async () => {
    const endpoints = {
      'token-endpoint': 'https://sso.example.org/token',
      'authorization-endpoint': 'https://sso.example.org/authorize?realm=mail',
    };
    const without = await pageFor('pop.example.org', { ...endpoints, scopes: ['mail'] });
    assert.deepEqual(parametersOf(without), { ...common, realm: 'mail', scope: 'mail' });
    const scopes = ['mail', 'offline_access'];
    const page = await pageFor('pop.example.org', { ...endpoints, scopes });
    assert.equal(page.searchParams.get('prompt'), 'consent');
  });
});

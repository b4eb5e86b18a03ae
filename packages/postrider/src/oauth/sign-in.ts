import type { TokenEndpointResponse } from 'openid-client';
import { proxyHook } from '../connection/proxy-hook.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failure/index.ts';
import { browserFlag, clientIdFlag, waitFlag } from '../flag/oauth.ts';
import { findBrowser } from './browser.ts';
import { signInByBrowser } from './browser-flow.ts';
import { findServer, makeClient, type OAuthClient } from './client.ts';
import { findClientSecret } from './client-secret.ts';
import { signInByDevice } from './device-flow.ts';
import { oauthFailure } from './failure.ts';
import { grantToApplication, toRecord } from './grant.ts';
import type { OAuthSettings } from './settings.ts';
import type { TokenRecord } from './token-record.ts';

/** New tokens, and the client that they were got with. */
export interface SignedIn {
  readonly tokens: TokenRecord;
  readonly client: OAuthClient;
}

/**
 * Gets tokens for an account, with a person or without one.
 *
 * @param lastClientId The client id that the account had before, if any.
 */
export async function signIn(
  context: Context,
  target: Target,
  settings: OAuthSettings,
  lastClientId: string | undefined,
): Promise<SignedIn> {
  const { invocation, io, output } = context;
  const connect = await proxyHook(invocation, target.account);
  const server = await findServer(settings, connect);
  const openPage = findBrowser(invocation.get(browserFlag), io.env);
  const withoutBrowser = openPage === undefined && server.device_authorization_endpoint !== undefined;
  const flow = settings.flow ?? (withoutBrowser ? 'device' : 'browser');
  const clientId = await findClientId(context, target, settings, lastClientId);
  const { value: clientSecret, keep } = await findClientSecret(context, target, settings, flow);
  const scopes = settings.scopes(flow);
  const client = await makeClient(server, { clientId, clientSecret }, connect);
  const milliseconds = (invocation.get(waitFlag) ?? 300) * 1000;
  const options = { settings, scopes, user: target.user, milliseconds };
  let response: TokenEndpointResponse;
  try {
    if (flow === 'client-credentials') response = await grantToApplication(client, scopes);
    else if (flow === 'device') response = await signInByDevice(context, client, options);
    else response = await signInByBrowser(context, client, openPage, options);
  } catch (error) {
    io.signal.throwIfAborted();
    throw oauthFailure(error, settings.name, 'signing in');
  }
  warnOfMissingScopes(context, scopes, response.scope);
  const tokens = toRecord(
    { server, flow, scopes, clientId, clientSecret: keep ? clientSecret : undefined },
    response,
  );
  if (tokens.refreshToken === undefined && flow !== 'client-credentials' && tokens.expiresAt !== undefined) {
    output.warn(
      `${settings.name} gave no refresh token: postrider login has to be run again at ${new Date(tokens.expiresAt).toISOString()}`,
    );
  }
  return { tokens, client };
}

async function findClientId(
  { invocation, io, output }: Context,
  { account, label }: Target,
  { name, profile }: OAuthSettings,
  last: string | undefined,
): Promise<string> {
  const known = invocation.get(clientIdFlag) ?? account.oauth?.['client-id'] ?? last;
  if (known !== undefined) return known;
  const registration = profile?.registration ?? `Register an application at ${name}.`;
  if (!io.prompter.available) {
    throw new UsageError(
      `${label} needs a client id for ${name}, and there is no terminal to ask for it`,
      `Give --client-id, or set oauth.client-id in the configuration. ${registration}`,
    );
  }
  output.note(`${name} wants to know the application. ${registration}`);
  return io.prompter.line(`Client id at ${name}:`, {
    check: (text) => (text.trim() === '' ? 'It is needed.' : undefined),
  });
}

// People can untick boxes, and providers can leave out what the client may not have.
function warnOfMissingScopes(
  { output }: Context,
  wanted: readonly string[],
  granted: string | undefined,
): void {
  if (granted === undefined) return;
  const given = new Set(granted.toLowerCase().split(/\s+/));
  const silent = ['offline_access', 'openid'];
  const missing = wanted.filter(
    (scope) => !silent.includes(scope) && !scope.endsWith('/.default') && !given.has(scope.toLowerCase()),
  );
  if (missing.length > 0) output.warn(`this was asked for and not granted: ${missing.join(', ')}`);
}

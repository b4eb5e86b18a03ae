import type { TokenEndpointResponse } from 'openid-client';
import { loadConfig } from '../config/config.ts';
import { proxyHook } from '../connection/proxy-hook.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { configFlag } from '../flag/general.ts';
import { makeClient, type OAuthClient } from './client.ts';
import { clientSecretFromSources } from './client-secret.ts';
import { oauthFailure, refusalOf } from './failure.ts';
import { grantToApplication, scopeParameter, toRecord } from './grant.ts';
import type { TokenRecord } from './token-record.ts';

/**
 * Gets the next access token. It is not interrupted half-way: the answer may hold the only refresh token that is still good.
 *
 * @throws ProgramError; where the tokens are of no use any more, it says to log in.
 */
export async function refresh(context: Context, account: string, record: TokenRecord): Promise<TokenRecord> {
  const { refreshToken, flow } = record;
  if (refreshToken === undefined && flow !== 'client-credentials') {
    throw loginNeeded(account, 'has expired or was refused, and there is no refresh token for another one');
  }
  const client = await clientOf(context, account, record);
  const name = new URL(record.server.token_endpoint ?? record.server.issuer).host;
  let response: TokenEndpointResponse;
  try {
    response =
      refreshToken === undefined
        ? await grantToApplication(client, record.scopes)
        : await client.library.refreshTokenGrant(
            client.configuration,
            refreshToken.reveal(),
            scopeParameter(record.scopes),
          );
  } catch (error) {
    const refusal = refusalOf(error);
    // Microsoft says interaction_required where the person has to do something, such as a second factor.
    if (refusal !== undefined && ['invalid_grant', 'interaction_required'].includes(refusal.code)) {
      throw loginNeeded(account, `was ended by ${name} (${refusal.text})`);
    }
    throw oauthFailure(error, name, `refreshing the token of ${account}`);
  }
  return toRecord(record, response, refreshToken);
}

/** A client for tokens that were got earlier. */
export async function clientOf(context: Context, name: string, record: TokenRecord): Promise<OAuthClient> {
  const { invocation, io } = context;
  const { accounts } = await loadConfig(invocation.get(configFlag), io.env);
  // An account that is not configured any more can still be logged out of.
  const account: Target['account'] = accounts.get(name) ?? {};
  const configured = account.oauth?.['client-secret-command'] !== undefined;
  const clientSecret =
    record.clientSecret ?? (configured ? await clientSecretFromSources(context, { account }) : undefined);
  const connect = await proxyHook(invocation, account);
  return makeClient(record.server, { clientId: record.clientId, clientSecret }, connect);
}

function loginNeeded(account: string, what: string): ProgramError {
  return new ProgramError(
    `the sign-in of ${account} ${what}`,
    exitCode.loginRefused,
    `Run: postrider login ${account}`,
  );
}

import { secret } from '@postrider/pop3';
import type { TokenEndpointResponse } from 'openid-client';
import type { ClientIdentity, OAuthClient } from './client.ts';
import { oauthFailure } from './failure.ts';
import type { AuthorizationServer, TokenRecord } from './token-record.ts';

/** What stays the same from one access token to the next. */
export interface GrantBase extends ClientIdentity {
  readonly server: AuthorizationServer;
  readonly flow: TokenRecord['flow'];
  readonly scopes: readonly string[];
}

// The last moment that a Date can hold (ECMA-262, "Time Values").
const endOfTime = 8.64e15;

/** A record of the tokens that a server gave just now; `previous` is the refresh token that goes on where it gave no new one. */
export function toRecord(
  { server, flow, scopes, clientId, clientSecret }: GrantBase,
  response: TokenEndpointResponse,
  previous?: TokenRecord['refreshToken'],
): TokenRecord {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = response;
  const obtainedAt = Date.now();
  const end = obtainedAt + (seconds ?? 0) * 1000;
  return {
    server,
    flow,
    scopes,
    clientId,
    clientSecret,
    accessToken: secret(accessToken),
    refreshToken: refreshToken === undefined ? previous : secret(refreshToken),
    obtainedAt,
    expiresAt: end > obtainedAt && end <= endOfTime ? end : undefined,
  };
}

/** A token for an application itself (RFC 6749 section 4.4). */
export function grantToApplication(
  { library, configuration }: OAuthClient,
  scopes: readonly string[],
): Promise<TokenEndpointResponse> {
  return library.clientCredentialsGrant(configuration, scopeParameter(scopes));
}

/** The scope parameter of a request; none where nothing in particular is asked for. */
export function scopeParameter(scopes: readonly string[]): Record<string, string> {
  return scopes.length === 0 ? {} : { scope: scopes.join(' ') };
}

/**
 * Takes back what was granted (RFC 7009): the refresh token, and with it everything that came of it. False: the server has no way to do that.
 *
 * @throws ProgramError where it could not be done.
 */
export async function revoke(
  { library, configuration, server }: OAuthClient,
  { accessToken, refreshToken }: TokenRecord,
): Promise<boolean> {
  if (server.revocation_endpoint === undefined) return false;
  try {
    await library.tokenRevocation(configuration, (refreshToken ?? accessToken).reveal(), {
      token_type_hint: refreshToken === undefined ? 'access_token' : 'refresh_token',
    });
    return true;
  } catch (error) {
    throw oauthFailure(error, new URL(server.revocation_endpoint).host, 'revoking the tokens');
  }
}

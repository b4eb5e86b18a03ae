import type { OAuthConfig } from '../config/schema.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { clientIdFlag, flowFlag, tenantFlag } from '../flag/oauth.ts';
import { type Profile, profileOfHost, profiles } from './profile.ts';
import type { AuthorizationServer, TokenRecord } from './token-record.ts';

/** What flags, configuration and the provider's profile say about how to get tokens. */
export interface OAuthSettings {
  /** The provider, for people. */
  readonly name: string;
  readonly profile: Profile | undefined;
  /** The server's endpoints, or its issuer, which tells them (RFC 8414, OpenID Connect Discovery). */
  readonly server: AuthorizationServer | { readonly discover: string };
  /** False: the provider takes passwords too, and nothing says what this account has. */
  readonly certain: boolean;
  /** Undefined: whatever this machine is made for. */
  readonly flow: TokenRecord['flow'] | undefined;
  scopes(flow: TokenRecord['flow']): readonly string[];
}

/** How to get tokens for an account; undefined: it does not log in with tokens, as far as is known. */
export function oauthSettings(
  { invocation }: Pick<Context, 'invocation'>,
  target: Target,
): OAuthSettings | undefined {
  const { account, label } = target;
  const flow = invocation.get(flowFlag) ?? account.oauth?.flow;
  const table = account.oauth ?? (profileOfHost(target.host) === undefined ? undefined : {});
  if (table === undefined) {
    if (flow === undefined) return undefined;
    throw incomplete(label, 'there is no oauth table for it, and its server is none of a known provider');
  }
  const profile = findProfile(table, target);
  if (profile === undefined) return custom(table, flow, label);
  const tenant = invocation.get(tenantFlag) ?? table.tenant;
  if (flow === 'client-credentials') requireApplication(profile, tenant, label);
  return {
    name: profile.name,
    profile,
    server: profile.server(tenant ?? 'common'),
    certain:
      !profile.appPasswords ||
      account.oauth !== undefined ||
      [flowFlag, clientIdFlag].some((flag) => invocation.has(flag)),
    flow,
    scopes: (chosen) =>
      table.scopes ??
      (chosen === 'client-credentials' ? (profile.applicationScopes ?? profile.scopes) : profile.scopes),
  };
}

function findProfile(table: OAuthConfig, { host }: Target): Profile | undefined {
  if (table.provider !== undefined) return profiles[table.provider];
  return table.issuer === undefined && table['token-endpoint'] === undefined
    ? profileOfHost(host)
    : undefined;
}

function custom(table: OAuthConfig, flow: OAuthSettings['flow'], label: string): OAuthSettings {
  const { issuer, scopes } = table;
  const token = table['token-endpoint'];
  const base = token ?? issuer;
  if (base === undefined) {
    throw incomplete(label, 'its oauth table has neither provider nor issuer nor token-endpoint');
  }
  requireUrls(table, label);
  if (scopes === undefined && flow !== 'client-credentials') {
    throw incomplete(label, 'its oauth table has no scopes');
  }
  return {
    name: new URL(base).host,
    profile: undefined,
    certain: true,
    server:
      token === undefined
        ? { discover: base }
        : {
            issuer: issuer ?? new URL(token).origin,
            token_endpoint: token,
            authorization_endpoint: table['authorization-endpoint'],
            device_authorization_endpoint: table['device-authorization-endpoint'],
            revocation_endpoint: table['revocation-endpoint'],
          },
    flow,
    scopes: () => scopes ?? [],
  };
}

function requireUrls(table: OAuthConfig, label: string): void {
  const keys = [
    'issuer',
    'authorization-endpoint',
    'token-endpoint',
    'device-authorization-endpoint',
    'revocation-endpoint',
  ] as const;
  for (const key of keys) {
    const value = table[key];
    if (value !== undefined && !URL.canParse(value)) throw incomplete(label, `its oauth.${key} is no URL`);
  }
}

function requireApplication(profile: Profile, tenant: string | undefined, label: string): void {
  if (profile.applicationScopes === undefined) {
    throw incomplete(label, `${profile.name} has no client credentials for mail`, 'Leave out --flow.');
  }
  if (tenant === undefined || tenant === 'common') {
    throw incomplete(
      label,
      'client credentials need the directory of the application',
      'Give --tenant, or set oauth.tenant.',
    );
  }
}

function incomplete(label: string, what: string, hint = 'See: postrider help oauth'): ProgramError {
  return new ProgramError(`${label}: ${what}`, exitCode.configuration, hint);
}

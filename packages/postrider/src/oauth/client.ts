import type { ConnectHook } from '@postrider/pop3';
import type * as Library from 'openid-client';
import { exitCode, ProgramError } from '../failure/index.ts';
import { answerOf, oauthFailure } from './failure.ts';
import { fetchThrough } from './fetch-through.ts';
import type { OAuthSettings } from './settings.ts';
import type { AuthorizationServer, TokenRecord } from './token-record.ts';

/** A client of an authorization server, and the library that works with it. */
export interface OAuthClient {
  readonly library: typeof Library;
  readonly configuration: Library.Configuration;
  readonly server: AuthorizationServer;
}

/** Who we are at the authorization server. */
export type ClientIdentity = Pick<TokenRecord, 'clientId' | 'clientSecret'>;

const endpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'device_authorization_endpoint',
  'revocation_endpoint',
] as const;

/**
 * The endpoints of a server, asked for where only its issuer is known (OpenID Connect Discovery, else RFC 8414).
 *
 * @param connect What connects through a proxy.
 */
export async function findServer(
  { name, server }: OAuthSettings,
  connect: ConnectHook | undefined,
): Promise<AuthorizationServer> {
  if (!('discover' in server)) return server;
  const issuer = new URL(server.discover);
  requireSafe(issuer);
  const library = await import('openid-client');
  const ask = async (algorithm: 'oidc' | 'oauth2'): Promise<AuthorizationServer> => {
    const execute = isLoopback(issuer) ? [library.allowInsecureRequests] : [];
    // The client id plays no part in it.
    const found = await library.discovery(issuer, 'postrider', undefined, undefined, {
      algorithm,
      execute,
      ...(connect === undefined ? {} : { [library.customFetch]: fetchThrough(connect) }),
    });
    const metadata = found.serverMetadata();
    for (const key of endpoints) requireUrl(metadata[key], `${name}: its metadata has no URL as ${key}`);
    const methods: unknown = metadata.token_endpoint_auth_methods_supported;
    return {
      issuer: metadata.issuer,
      authorization_endpoint: metadata.authorization_endpoint,
      token_endpoint: metadata.token_endpoint,
      device_authorization_endpoint: metadata.device_authorization_endpoint,
      revocation_endpoint: metadata.revocation_endpoint,
      token_endpoint_auth_methods_supported: Array.isArray(methods) ? methods.map(String) : undefined,
    };
  };
  try {
    return await ask('oidc').catch((first: unknown) =>
      ask('oauth2').catch((second: unknown) => {
        // Where there is no document in that place, what is wrong with the other one matters.
        throw answerOf(second) === undefined ? second : first;
      }),
    );
  } catch (error) {
    throw oauthFailure(error, name, 'asking for its endpoints');
  }
}

/**
 * A client that talks to a server's endpoints. Each of them has to have TLS, unless it is on this machine.
 *
 * @param connect What connects through a proxy.
 */
export async function makeClient(
  server: AuthorizationServer,
  { clientId, clientSecret }: ClientIdentity,
  connect: ConnectHook | undefined,
): Promise<OAuthClient> {
  const library = await import('openid-client');
  const urls = endpoints.flatMap((name) => server[name] ?? []).map((text) => new URL(text));
  for (const url of urls) requireSafe(url);
  const methods = server.token_endpoint_auth_methods_supported;
  const configuration = new library.Configuration(
    toMetadata(server),
    clientId,
    undefined,
    clientSecret === undefined
      ? library.None()
      : methods === undefined || methods.includes('client_secret_basic')
        ? library.ClientSecretBasic(clientSecret.reveal())
        : library.ClientSecretPost(clientSecret.reveal()),
  );
  if (connect !== undefined) configuration[library.customFetch] = fetchThrough(connect);
  if (urls.some(isLoopback)) library.allowInsecureRequests(configuration);
  return { library, configuration, server };
}

// The library's type knows no undefined.
function toMetadata({ issuer, ...rest }: AuthorizationServer): Library.ServerMetadata {
  return { issuer, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
}

function requireUrl(value: unknown, complaint: string): void {
  if (value === undefined || (typeof value === 'string' && URL.canParse(value))) return;
  throw new ProgramError(
    complaint,
    exitCode.protocol,
    'Set oauth.token-endpoint and the other endpoints in the configuration, in place of oauth.issuer.',
  );
}

function requireSafe(url: URL): void {
  if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    throw new ProgramError(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 is set: tokens would go to whoever is on the way',
      exitCode.protocol,
      'Unset it; for a private certificate authority, NODE_EXTRA_CA_CERTS names its file.',
    );
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return;
  throw new ProgramError(
    `${url.href}: tokens would cross the network readable`,
    exitCode.configuration,
    'Give an address that begins with https://.',
  );
}

function isLoopback({ hostname }: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

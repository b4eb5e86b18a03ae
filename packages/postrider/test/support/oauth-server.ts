import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { Provider } from 'oidc-provider';
import { listen } from './listen.ts';

/** What a test's authorization server is to be like. */
export interface OAuthServerOptions {
  /** Certificate and key, in PEM, for `localhost`: it speaks HTTPS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** A real authorization server on loopback: oidc-provider, with one person and three clients. */
export interface OAuthServer {
  readonly issuer: string;
  /** Public, for people: authorization code, device code, refresh token. */
  readonly clientId: 'postrider-desktop';
  /** The same with a secret: `desktop secret`. */
  readonly confidentialClientId: 'postrider-confidential';
  /** For applications: client credentials, with `daemon-secret`. It may also introspect tokens. */
  readonly daemonClientId: 'postrider-daemon';
  /** What the person who is asked does. */
  consent: 'give' | 'deny';
  /** Requests to the token endpoint so far, by grant type. */
  readonly grants: readonly string[];
  /** Answers in the place of the token endpoint. */
  intercept: ((response: ServerResponse) => void) | undefined;
  /** The user of an access token that is still good, or the client where it is an application's own. */
  userOf(accessToken: string): Promise<string | undefined>;
  /** Whether a refresh token is still good. */
  isGood(refreshToken: string): Promise<boolean>;
  /** Ends an access token before its time. */
  endAccess(accessToken: string): Promise<void>;
  /** Ends everything that came of a sign-in. */
  endGrant(refreshToken: string): Promise<void>;
  close(): Promise<void>;
}

const person = 'ann@example.test';

/** Starts the server. */
export async function startOAuthServer(options: OAuthServerOptions = {}): Promise<OAuthServer> {
  const { tls } = options;
  const http = tls === undefined ? createServer() : createSecureServer(tls);
  const { port, close } = await listen(http);
  const host = tls === undefined ? 'http://127.0.0.1' : 'https://localhost';
  const issuer = `${host}:${port}`;
  const provider = makeProvider(issuer);
  const handle = provider.callback();
  const grants: string[] = [];
  const server: OAuthServer = {
    issuer,
    clientId: 'postrider-desktop',
    confidentialClientId: 'postrider-confidential',
    daemonClientId: 'postrider-daemon',
    consent: 'give',
    grants,
    intercept: undefined,
    userOf: async (value) =>
      (await provider.AccessToken.find(value))?.accountId ??
      (await provider.ClientCredentials.find(value))?.clientId,
    isGood: async (value) => {
      const token = await provider.RefreshToken.find(value);
      return token?.isValid === true;
    },
    endAccess: async (value) => (await provider.AccessToken.find(value))?.destroy(),
    endGrant: async (value) => {
      const token = await provider.RefreshToken.find(value);
      if (token?.grantId === undefined) throw new Error('there is no such grant');
      await provider.RefreshToken.revokeByGrantId(token.grantId);
    },
    close,
  };
  provider.on('grant.success', ({ oidc }) => grants.push(String(oidc.params?.['grant_type'])));
  provider.on('grant.error', ({ oidc }, error) =>
    grants.push(`${String(oidc.params?.['grant_type'])}: ${error.message}`),
  );
  http.on('request', (request, response) => {
    const { intercept } = server;
    if (request.url === '/token' && intercept !== undefined) intercept(response);
    else if (request.url?.startsWith('/interaction/')) {
      decide(provider, server.consent, request, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : undefined),
      );
    } else void handle(request, response);
  });
  return server;
}

function makeProvider(issuer: string): Provider {
  const provider = configure(issuer);
  // A server may say how often it wants to be asked (RFC 8628 section 3.2); this one is patient with tests.
  provider.use(async ({ path, response }, next) => {
    await next();
    const { body } = response;
    if (path === '/device/auth' && typeof body === 'object' && body !== null) {
      response.body = { ...body, interval: 0.05 };
    }
  });
  return provider;
}

function configure(issuer: string): Provider {
  const people = {
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    application_type: 'native',
    redirect_uris: ['http://127.0.0.1/'],
    response_types: ['code'],
  } as const;
  return new Provider(issuer, {
    clients: [
      { ...people, client_id: 'postrider-desktop', token_endpoint_auth_method: 'none' },
      { ...people, client_id: 'postrider-confidential', client_secret: 'desktop secret' },
      {
        client_id: 'postrider-daemon',
        client_secret: 'daemon-secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    scopes: ['openid', 'offline_access', 'mail'],
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId, email: accountId }) }),
    claims: { openid: ['sub', 'email'] },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        // Called again where the sign-in failed.
        userCodeInputSource: (context, form, _, error) => {
          context.body = error === undefined ? form : `it failed: ${error.message}`;
        },
        userCodeConfirmSource: (context, form) => {
          context.body = form;
        },
        successSource: (context) => {
          context.body = 'done';
        },
      },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true, allowedPolicy: () => true },
    },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      ClientCredentials: 3600,
      DeviceCode: 600,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 86_400,
    },
    cookies: { keys: ['only for tests'] },
    jwks: undefined,
    renderError: (context, out) => {
      context.type = 'json';
      context.body = out;
    },
  });
}

// The pages where a person would type the password and tick the boxes.
async function decide(
  provider: Provider,
  consent: OAuthServer['consent'],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params, prompt } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: person } });
  }
  if (consent === 'deny') {
    return provider.interactionFinished(request, response, {
      error: 'access_denied',
      error_description: 'The person said no.',
    });
  }
  const grant = new provider.Grant({ accountId: person, clientId: String(params['client_id']) });
  grant.addOIDCScope(String(params['scope']));
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

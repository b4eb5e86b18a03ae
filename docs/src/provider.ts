import { once } from 'node:events';
import { createServer } from 'node:https';

/** A stand-in for Google and Microsoft, as far as OAuth 2.0 (RFC 6749, RFC 8628) needs it. Whoever comes is let in. */
export interface Provider {
  readonly port: number;
  close(): Promise<void>;
}

export async function startProvider(certificate: {
  readonly cert: string;
  readonly key: string;
}): Promise<Provider> {
  const server = createServer(certificate, (request, response) => {
    const url = new URL(request.url ?? '/', 'https://provider.example');
    const redirect = url.searchParams.get('redirect_uri');
    if (redirect !== null) {
      // A person would sign in here, and agree.
      const back = new URL(redirect);
      back.searchParams.set('code', 'a-code');
      back.searchParams.set('state', url.searchParams.get('state') ?? '');
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    const answer = url.pathname.endsWith('devicecode')
      ? {
          device_code: 'a-device-code',
          user_code: 'GQ7K-3M2P',
          verification_uri: 'https://microsoft.com/devicelogin',
          expires_in: 900,
          interval: 1,
        }
      : { access_token: 'a-token', token_type: 'Bearer', expires_in: 3600, refresh_token: 'a-refresh-token' };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

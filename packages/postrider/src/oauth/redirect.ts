import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Profile } from './profile.ts';

/** The place on this machine that the sign-in page sends the browser back to (RFC 8252 section 7.3). */
export interface RedirectReceiver {
  /** Where it listens, on a port that the system chose. */
  readonly uri: string;
  /** The first address that came with the right state. */
  readonly answer: Promise<URL>;
  close(): Promise<void>;
}

const page = (text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Postrider</title><p>${text}</p></html>\n`;

/** Listens on loopback only. Whatever comes without the right state is turned away, and changes nothing. */
export async function receiveRedirect(
  state: string,
  host: Profile['redirectHost'] = '127.0.0.1',
): Promise<RedirectReceiver> {
  const { promise: answer, resolve } = Promise.withResolvers<URL>();
  const server = createServer({ maxHeaderSize: 65_536 }, (request, response) => {
    const url = addressOf(request, uri);
    if (request.method !== 'GET' || url?.pathname !== '/') {
      reply(response, 404, 'There is nothing here.');
    } else if (url.searchParams.get('state') !== state) {
      reply(response, 400, 'This does not belong to the sign-in that Postrider waits for.');
    } else {
      reply(
        response,
        200,
        'Postrider has the answer: the terminal says how it went. This page can be closed.',
      );
      response.once('close', () => resolve(url));
    }
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', failed).listen(0, '127.0.0.1', listening);
  });
  const address = server.address();
  const uri = `http://${host}:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  return {
    uri,
    answer,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function addressOf({ url = '' }: IncomingMessage, base: string): URL | undefined {
  // A path of its own, whatever Host says: the library takes the redirect URI from it.
  return url.startsWith('/') && URL.canParse(url.replace(/^\/+/, '/'), base)
    ? new URL(url.replace(/^\/+/, '/'), base)
    : undefined;
}

function reply(response: ServerResponse, status: number, text: string): void {
  response
    .writeHead(status, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'",
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      Connection: 'close',
    })
    .end(page(text));
}

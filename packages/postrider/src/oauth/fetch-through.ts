import { type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { ConnectHook } from '@postrider/pop3';
import type { CustomFetch, CustomFetchOptions } from 'openid-client';

const longestAnswer = 1_048_576;
const longestWait = 30_000;

/** A `fetch` over connections that somebody else makes: through a proxy. TLS is end to end. Redirects are not followed. */
export function fetchThrough(connect: ConnectHook): CustomFetch {
  return async (address, options) => {
    const url = new URL(address);
    const signal = options.signal ?? AbortSignal.timeout(longestWait);
    const secure = url.protocol === 'https:';
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
    const socket = await connect({ host, port }, signal);
    // Whoever reads from it is told; nobody else has to be.
    socket.on('error', () => {});
    try {
      return await exchange(url, secure ? protect(socket, host) : socket, options, signal);
    } finally {
      socket.destroy();
    }
  };
}

function protect(socket: Duplex, host: string): Duplex {
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ socket, host, ...name, minVersion: 'TLSv1.2', rejectUnauthorized: true });
}

async function exchange(
  url: URL,
  socket: Duplex,
  { method, headers, body }: CustomFetchOptions,
  signal: AbortSignal,
): Promise<Response> {
  const octets = new Uint8Array(await new Response(body ?? null).arrayBuffer());
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    socket.on('error', reject);
    request({
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, 'content-length': octets.length, connection: 'close' },
      signal,
    })
      .once('response', resolve)
      .once('error', reject)
      .end(octets);
  });
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of answer) {
    size += piece.length;
    if (size > longestAnswer) throw new Error(`${url.host} answers with more than ${longestAnswer} octets`);
    pieces.push(piece);
  }
  const status = answer.statusCode ?? 0;
  const received = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  // A Response of these has no body.
  const content = [204, 205, 304].includes(status) ? null : Buffer.concat(pieces);
  return new Response(content, { status, headers: received });
}

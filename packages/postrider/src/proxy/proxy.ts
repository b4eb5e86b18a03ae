import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Endpoint, type Secret, secret, TransportError } from '@postrider/pop3';
import { UsageError } from '../failure/index.ts';

/** A proxy, its password wrapped. */
export interface Proxy {
  readonly type: 'socks5' | 'http';
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: Secret<string> | undefined;
}

const schemes: Readonly<Record<string, { readonly type: Proxy['type']; readonly port: number }>> = {
  'socks5:': { type: 'socks5', port: 1080 },
  'socks5h:': { type: 'socks5', port: 1080 },
  'http:': { type: 'http', port: 8080 },
};

/** Reads the URL of a proxy: `socks5://USER:PASSWORD@HOST:PORT` or `http://...`. Names are resolved by the proxy. */
export function parseProxy(text: string): Proxy {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = schemes[url?.protocol ?? ''];
  if (url === undefined || scheme === undefined || url.hostname === '') {
    throw new UsageError('--proxy wants a URL such as socks5://HOST:PORT or http://HOST:PORT');
  }
  const password = decodeURIComponent(url.password);
  return {
    type: scheme.type,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? scheme.port : Number(url.port),
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: password === '' ? undefined : secret(password),
  };
}

/** Connects to an endpoint through a proxy. TLS, where there is any, is end to end: the proxy sees none of it. */
export async function connectThroughProxy(
  proxy: Proxy,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Duplex> {
  try {
    return await (proxy.type === 'socks5'
      ? bySocks(proxy, endpoint, signal)
      : byHttp(proxy, endpoint, signal));
  } catch (cause) {
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TransportError(
      `the proxy ${proxy.host}:${proxy.port} did not connect: ${reason}`,
      { phase: 'proxy', endpoint },
      {
        cause,
        hint: "Check the proxy's address, user and password, and whether it allows this host and port.",
      },
    );
  }
}

async function bySocks(proxy: Proxy, endpoint: Endpoint, signal: AbortSignal): Promise<Duplex> {
  const { SocksClient } = await import('socks');
  const connecting = SocksClient.createConnection({
    proxy: {
      host: proxy.host,
      port: proxy.port,
      type: 5,
      ...(proxy.user === undefined ? {} : { userId: proxy.user }),
      ...(proxy.password === undefined ? {} : { password: proxy.password.reveal() }),
    },
    command: 'connect',
    destination: endpoint,
    timeout: 30_000,
  });
  // The library knows no signal: what comes too late is closed.
  connecting.then(
    ({ socket }) => signal.aborted && socket.destroy(),
    () => {},
  );
  const { socket } = await connecting;
  socket.setNoDelay(true);
  return socket;
}

function byHttp(proxy: Proxy, endpoint: Endpoint, signal: AbortSignal): Promise<Duplex> {
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host;
  const target = `${host}:${endpoint.port}`;
  const credentials = `${proxy.user ?? ''}:${proxy.password?.reveal() ?? ''}`;
  const authorization =
    proxy.user === undefined
      ? {}
      : { 'Proxy-Authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
  return new Promise((resolve, reject) => {
    const connecting = request({
      host: proxy.host,
      port: proxy.port,
      method: 'CONNECT',
      path: target,
      headers: { Host: target, ...authorization },
      signal,
    });
    connecting.on('connect', ({ statusCode, statusMessage }, socket, head) => {
      if (statusCode !== 200) {
        socket.destroy();
        reject(new Error(`it answered ${statusCode} ${statusMessage}`));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    connecting.on('response', ({ statusCode }) =>
      reject(new Error(`it answered ${statusCode} without a tunnel`)),
    );
    connecting.on('error', reject);
    connecting.end();
  });
}

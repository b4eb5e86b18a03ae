import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Endpoint, TransportError } from '@postrider/pop3';
import type { ProxyAddress } from './proxy-url.ts';

/** Connects to an endpoint through a proxy. TLS, where there is any, is end to end: the proxy sees none of it. */
export async function connectThroughProxy(
  proxy: ProxyAddress,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Duplex> {
  try {
    return await (proxy.type === 'socks5'
      ? bySocks(proxy, endpoint, signal)
      : byHttp(proxy, endpoint, signal));
  } catch (cause) {
    signal.throwIfAborted();
    // Without the cause: what the library throws holds the proxy's password.
    const { reason, hint } = explain(cause);
    throw new TransportError(
      `the proxy ${proxy.host}:${proxy.port} did not connect: ${reason}`,
      { phase: 'proxy', endpoint },
      { hint },
    );
  }
}

const loginHint =
  'Check the user and the password in the URL of the proxy; characters such as @ and : are written as %40 and %3A.';
const hints: readonly (readonly [reason: RegExp, hint: string])[] = [
  [/\b407\b|authentication/i, loginHint],
  [/\b403\b|not ?allowed/i, 'The proxy does not allow this host and port: ask whoever runs it.'],
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|hang up|closed/i,
    'Check the address of the proxy, and whether it runs.',
  ],
];

function explain(cause: unknown): { readonly reason: string; readonly hint: string } {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const hint = hints.find(([pattern]) => pattern.test(reason))?.[1];
  return {
    reason,
    hint: hint ?? 'Check the address and the kind of the proxy, and whether it allows this host and port.',
  };
}

async function bySocks(proxy: ProxyAddress, endpoint: Endpoint, signal: AbortSignal): Promise<Duplex> {
  const { SocksClient } = await import('socks');
  const { host, port } = proxy;
  const socket = connect({ host, port });
  // The library knows no signal; it gives up when its socket is gone.
  const abort = (): void => void socket.destroy(new Error('it took too long'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    await once(socket, 'connect');
    await SocksClient.createConnection({
      proxy: {
        host,
        port,
        type: 5,
        ...(proxy.user === undefined ? {} : { userId: proxy.user }),
        ...(proxy.password === undefined ? {} : { password: proxy.password.reveal() }),
      },
      command: 'connect',
      destination: endpoint,
      existing_socket: socket,
    });
    return socket.setNoDelay(true);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function byHttp(proxy: ProxyAddress, endpoint: Endpoint, signal: AbortSignal): Promise<Duplex> {
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
        reject(new Error(`it answered ${statusCode} ${statusMessage?.slice(0, 100)}`));
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

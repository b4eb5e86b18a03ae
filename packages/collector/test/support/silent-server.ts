import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A server that takes a connection and says nothing. */
export interface SilentServer {
  readonly port: number;
  /** Resolves when somebody has connected, with what resolves when that connection is closed. */
  readonly connected: Promise<{ readonly closed: Promise<unknown> }>;
  close(): void;
}

export async function startSilentServer(): Promise<SilentServer> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const server = createServer(resolve);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    connected: promise.then((socket) => ({ closed: once(socket.resume(), 'close') })),
    close: () => server.close(),
  };
}

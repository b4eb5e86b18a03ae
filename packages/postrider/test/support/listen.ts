import type { Server, Socket } from 'node:net';

/** A server that listens. */
export interface Listening extends AsyncDisposable {
  readonly port: number;
  /** Stops listening, and ends every connection. */
  close(): Promise<void>;
}

/** Makes a server listen on loopback, on a port that was free. */
export async function listen(server: Server, host = '127.0.0.1'): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close,
    [Symbol.asyncDispose]: close,
  };
}

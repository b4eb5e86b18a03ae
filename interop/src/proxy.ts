import { connect, createServer, type Socket } from 'node:net';

/** What the proxy does to what passes through. */
export interface ProxyOptions {
  /** Sends what comes from the server one octet at a time. */
  readonly octetByOctet?: boolean | undefined;
  /** Adds half of this to every octet's way in each direction, whatever the throughput. */
  readonly roundTripMilliseconds?: number | undefined;
  /** Is told what the client sends, one character an octet. */
  readonly record?: ((octets: string) => void) | undefined;
}

/** A TCP proxy on loopback. */
export interface Proxy {
  readonly port: number;
  stop(): Promise<void>;
}

/** Puts a proxy in front of a port on loopback. */
export async function startProxy(targetPort: number, options: ProxyOptions): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket
      .setNoDelay(true)
      .on('error', () => socket.destroy())
      .on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    const oneWay = (options.roundTripMilliseconds ?? 0) / 2;
    client.on('data', (data) => options.record?.(data.toString('latin1')));
    pass(track(client), track(upstream), oneWay, false);
    pass(upstream, client, oneWay, options.octetByOctet === true);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function pass(from: Socket, to: Socket, delay: number, octetByOctet: boolean): void {
  const send = (data: Buffer): void => {
    if (to.destroyed) return;
    if (octetByOctet)
      for (let index = 0; index < data.length; index++) to.write(data.subarray(index, index + 1));
    else to.write(data);
    if (to.writableLength > 1 << 20 && !from.isPaused()) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  };
  const later = (action: () => void): void => {
    if (delay > 0) setTimeout(action, delay);
    else action();
  };
  from.on('data', (data) => later(() => send(data)));
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroy()));
}

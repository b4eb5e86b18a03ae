import { connect, createServer, type Socket } from 'node:net';
import { decodeLatin1 } from '../protocol/index.ts';

/** What a proxy does to what comes from the server; nothing, where it says nothing. */
export interface ProxyFaults {
  /** Most octets in one segment; 1 sends octet by octet, 0 as they come. */
  readonly split?: number | undefined;
  /** Milliseconds that an octet needs there and back, whatever the throughput. */
  readonly roundTrip?: number | undefined;
  /** After so many octets of a connection both sides are cut off. */
  readonly cutAfter?: number | undefined;
  /** After so many octets of a connection nothing comes any more, and the connection stays open. */
  readonly stallAfter?: number | undefined;
  /** Changes what comes: damages, drops or injects octets. `offset` is the place of the first one in the connection. */
  readonly change?: ((octets: Uint8Array, offset: number) => Uint8Array) | undefined;
}

/** A proxy on loopback. */
export interface FaultyProxy {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** How many connections there were. */
  readonly connections: number;
  /** How many octets came from the server, over all connections. */
  readonly octets: number;
  /** Everything that clients sent, as it crossed the wire; one character an octet. */
  readonly received: string;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
  /** The same as `close`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Puts a proxy in front of a server, to see what a client makes of a network that splits, waits, breaks off or lies.
 *
 * @param target - where the server is; on loopback where it has no host.
 * @param faults - the same for all connections, or made for each; `count` is 1 for the first.
 */
export async function startFaultyProxy(
  target: { readonly host?: string | undefined; readonly port: number },
  faults: ProxyFaults | ((count: number) => ProxyFaults) = {},
): Promise<FaultyProxy> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let octets = 0;
  const received: string[] = [];
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket
      .setNoDelay(true)
      .on('error', () => socket.destroy())
      .on('close', () => sockets.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    connections++;
    const its = typeof faults === 'function' ? faults(connections) : faults;
    const { host = '127.0.0.1', port } = target;
    const upstream = connect({ host, port, allowHalfOpen: true });
    const oneWay = (its.roundTrip ?? 0) / 2;
    pass(track(client), track(upstream), { roundTrip: oneWay }, (sent) => {
      received.push(decodeLatin1(sent));
    });
    pass(upstream, client, { ...its, roundTrip: oneWay }, ({ length }) => {
      octets += length;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const close = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return {
    host: '127.0.0.1',
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get connections() {
      return connections;
    },
    get octets() {
      return octets;
    },
    get received() {
      return received.join('');
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

// Above this much unsent, the other side is not read from.
const highWaterMark = 1 << 20;

/** One direction. `faults.roundTrip` is how long this way takes. */
function pass(from: Socket, to: Socket, faults: ProxyFaults, seen: (octets: Uint8Array) => void): void {
  const { split, roundTrip: delay = 0, change } = faults;
  const last = Math.min(
    faults.cutAfter ?? Number.POSITIVE_INFINITY,
    faults.stallAfter ?? Number.POSITIVE_INFINITY,
  );
  const cuts = faults.cutAfter !== undefined && faults.cutAfter === last;
  let offset = 0;
  let over = false;

  const send = (data: Uint8Array): void => {
    if (to.destroyed || over) return;
    const kept = data.subarray(0, Math.max(0, last - offset));
    const octets = change === undefined ? kept : change(kept, offset);
    offset += data.length;
    seen(kept);
    const step = Math.max(1, split || octets.length);
    for (let at = 0; at < octets.length; at += step) to.write(octets.subarray(at, at + step));
    if (offset >= last) {
      over = true;
      if (cuts) {
        to.end();
        from.destroy();
      }
    } else if (to.writableLength > highWaterMark && !from.isPaused()) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  };
  const later = (action: () => void): void => {
    if (delay > 0) setTimeout(action, delay);
    else action();
  };
  from.on('data', (data) => later(() => send(data)));
  from.on('end', () => later(() => over || to.end()));
  // What is still on its way behind an orderly end is to arrive.
  from.on('close', () => later(() => over || from.readableEnded || to.destroy()));
}

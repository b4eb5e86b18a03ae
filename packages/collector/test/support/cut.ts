import { connect } from 'node:net';
import { Duplex } from 'node:stream';

/** Connects, and cuts the connection when so many octets have come from the server. */
export function cutAfter(octets: number): (target: { readonly port: number }) => Promise<Duplex> {
  return async ({ port }) => {
    let left = octets;
    const socket = connect(port, '127.0.0.1');
    const wrapped = new Duplex({
      read() {},
      write: (chunk, _, done) => void socket.write(chunk, done),
      final: (done) => void socket.end(done),
      destroy: (error, done) => {
        socket.destroy();
        done(error);
      },
    });
    socket.on('data', (data) => {
      wrapped.push(data.subarray(0, Math.max(0, left)));
      left -= data.length;
      if (left > 0) return;
      wrapped.push(null);
      socket.destroy();
    });
    socket.on('error', () => {}).on('close', () => wrapped.push(null));
    return wrapped;
  };
}

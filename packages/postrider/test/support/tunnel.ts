import { createServer } from 'node:http';
import { connect } from 'node:net';
import { listen } from './listen.ts';

/** An HTTP proxy on loopback that lets everything through, and remembers where to. */
export interface Tunnel {
  readonly url: string;
  readonly targets: readonly string[];
  close(): Promise<void>;
}

export async function startTunnel(): Promise<Tunnel> {
  const targets: string[] = [];
  const server = createServer();
  const ends = new Set<{ destroy(): unknown }>();
  server.on('connect', ({ url = '' }, near) => {
    targets.push(url);
    const { hostname, port } = new URL(`http://${url}`);
    const far = connect(Number(port), hostname, () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });
  const { port, close } = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    targets,
    close: () => {
      for (const end of ends) end.destroy();
      return close();
    },
  };
}

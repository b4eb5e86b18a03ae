import { connect, createServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** What a proxy is to do. */
export interface TestProxyOptions {
  /** Where `host:port` really is: a port on loopback. What is not listed is refused. */
  readonly routes: Readonly<Record<string, number>>;
  /** Who may use it; everybody where it is not given. */
  readonly login?: { readonly user: string; readonly password: string } | undefined;
}

/** A proxy on loopback. */
export interface TestProxy {
  readonly port: number;
  /** What was asked for: `host:port`. */
  readonly asked: readonly string[];
  /** Everything that clients sent, one character an octet. */
  readonly received: string;
  close(): Promise<void>;
}

/** Octets that come when they come. */
interface Reader {
  /** Rejects where the client closes. */
  exactly(count: number): Promise<Buffer>;
  until(mark: string): Promise<string>;
  /** What came behind all that, and what comes from now on. */
  passOn(to: Socket): void;
}

type Handshake = (socket: Socket, reader: Reader, options: TestProxyOptions) => Promise<string | undefined>;

/** A SOCKS5 proxy (RFC 1928, RFC 1929). Names are resolved by it. */
export function startSocksProxy(options: TestProxyOptions): Promise<TestProxy> {
  return start(options, socksHandshake, () => Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
}

/** An HTTP proxy that does CONNECT, and nothing else. */
export function startHttpProxy(options: TestProxyOptions): Promise<TestProxy> {
  return start(options, connectHandshake, () => Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n'));
}

const socksHandshake: Handshake = async (socket, reader, { login, routes }) => {
  const [version, count] = await reader.exactly(2);
  if (version !== 5) return undefined;
  const methods = await reader.exactly(count ?? 0);
  const method = login === undefined ? 0 : 2;
  if (!methods.includes(method)) {
    socket.end(Buffer.from([5, 0xff]));
    return undefined;
  }
  socket.write(Buffer.from([5, method]));
  if (login !== undefined) {
    const [, userLength] = await reader.exactly(2);
    const user = (await reader.exactly(userLength ?? 0)).toString();
    const [passwordLength] = await reader.exactly(1);
    const password = (await reader.exactly(passwordLength ?? 0)).toString();
    const right = user === login.user && password === login.password;
    socket.write(Buffer.from([1, right ? 0 : 1]));
    if (!right) return undefined;
  }
  const [, command, , type] = await reader.exactly(4);
  const length = type === 1 ? 4 : type === 4 ? 16 : ((await reader.exactly(1))[0] ?? 0);
  const address = await reader.exactly(length);
  const host = type === 1 ? [...address].join('.') : address.toString();
  const target = `${host}:${(await reader.exactly(2)).readUInt16BE()}`;
  if (command === 1 && Object.hasOwn(routes, target)) return target;
  socket.end(Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]));
  return undefined;
};

const connectHandshake: Handshake = async (socket, reader, { login, routes }) => {
  const head = await reader.until('\r\n\r\n');
  const target = /^CONNECT (\S+) HTTP\/1\.1\r\n/.exec(head)?.[1] ?? '';
  const given = /^Proxy-Authorization: Basic (\S+)\r$/im.exec(head)?.[1];
  const wanted = login && Buffer.from(`${login.user}:${login.password}`).toString('base64');
  if (wanted !== undefined && given !== wanted) {
    socket.end(
      'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="test"\r\n\r\n',
    );
    return undefined;
  }
  if (Object.hasOwn(routes, target)) return target;
  socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  return undefined;
};

async function start(
  options: TestProxyOptions,
  handshake: Handshake,
  accepted: () => Buffer,
): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  const asked: string[] = [];
  let received = '';
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const serve = async (socket: Socket): Promise<void> => {
    const reader = readerOf(socket);
    const target = await handshake(socket, reader, options);
    if (target === undefined) return void socket.end();
    asked.push(target);
    const upstream = track(connect(options.routes[target] ?? 0, '127.0.0.1'));
    upstream.on('error', () => socket.destroy()).on('close', () => socket.end());
    upstream.once('connect', () => {
      socket.write(accepted());
      reader.passOn(upstream);
      upstream.pipe(socket);
    });
  };
  const server = createServer((socket) => {
    track(socket).on('data', (data: Buffer) => {
      received += data.toString('latin1');
    });
    serve(socket).catch(() => socket.destroy());
  });
  const { port, close } = await listen(server);
  return {
    port,
    asked,
    get received() {
      return received;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return close();
    },
  };
}

function readerOf(socket: Socket): Reader {
  let held = Buffer.alloc(0);
  let wake = (): void => {};
  let gone = false;
  const gather = (data: Buffer): void => {
    held = Buffer.concat([held, data]);
    wake();
  };
  socket.on('data', gather).once('close', () => {
    gone = true;
    wake();
  });
  const take = async (lengthOf: () => number): Promise<Buffer> => {
    for (;;) {
      const length = lengthOf();
      if (length >= 0 && held.length >= length) {
        const taken = held.subarray(0, length);
        held = held.subarray(length);
        return taken;
      }
      if (gone) throw new Error('the client went away');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    exactly: (count) => take(() => count),
    until: async (mark) => {
      const end = (): number => held.indexOf(mark);
      return (await take(() => (end() < 0 ? -1 : end() + mark.length))).toString('latin1');
    },
    passOn: (to) => {
      socket.off('data', gather);
      to.write(held);
      socket.pipe(to);
    },
  };
}

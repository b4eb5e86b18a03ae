// Loaded before a documented program: leads the connections to the hosts that the documents name to servers on this machine,
// and refuses every other one. What the documents show can so be run as it stands.
import { Socket } from 'node:net';

const { POSTRIDER_DOCS_ROUTES = '{}' } = process.env;
const routes: Readonly<Record<string, number>> = JSON.parse(POSTRIDER_DOCS_ROUTES);
const local = new Set(['localhost', '127.0.0.1', '::1', undefined]);

const connect = Socket.prototype.connect;
Socket.prototype.connect = function (this: Socket, ...words: unknown[]): Socket {
  const [first] = words;
  const options: unknown = Array.isArray(first) ? first[0] : first;
  if (isTarget(options) && !local.has(options.host)) {
    const port = routes[`${options.host}:${options.port}`];
    if (port === undefined) throw new Error(`no document may connect to ${options.host}:${options.port}`);
    Object.assign(options, { host: '127.0.0.1', port });
  }
  return Reflect.apply(connect, this, words);
} as typeof connect;

function isTarget(value: unknown): value is { host: string | undefined; port: number } {
  return typeof value === 'object' && value !== null && 'port' in value && 'host' in value;
}

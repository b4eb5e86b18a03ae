import { type Secret, secret } from '@postrider/pop3';
import { FlagError } from '../flag/flag.ts';

/** A proxy, its password wrapped. */
export interface ProxyAddress {
  readonly type: 'socks5' | 'http';
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: Secret<string> | undefined;
}

const schemes: Readonly<Record<string, { readonly type: ProxyAddress['type']; readonly port: number }>> = {
  'socks5:': { type: 'socks5', port: 1080 },
  'socks5h:': { type: 'socks5', port: 1080 },
  'http:': { type: 'http', port: 8080 },
};

/**
 * Reads the URL of a proxy: `socks5://USER:PASSWORD@HOST:PORT` or `http://...`. Names are resolved by the proxy.
 *
 * @throws FlagError, which does not quote it: a password may stand in it.
 */
export function parseProxy(text: string): ProxyAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const scheme = schemes[url?.protocol ?? ''];
  if (url === undefined || scheme === undefined || url.hostname === '') {
    throw new FlagError('wants a URL such as socks5://HOST:PORT or http://HOST:PORT');
  }
  // Of an http URL, the parser leaves out port 80.
  const { port } = new URL(text.replace(/^\s*http:/i, 'socks5:'));
  const password = decode(url.password);
  return {
    type: scheme.type,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? scheme.port : Number(port),
    user: url.username === '' ? undefined : decode(url.username),
    password: password === '' ? undefined : secret(password),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new FlagError('wants % in the user or the password written as %25');
  }
}

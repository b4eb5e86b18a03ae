import { resolveSrv } from 'node:dns/promises';
import { recogniseProvider } from '../provider/provider.ts';

/** A server that was found for a mail address. */
export interface DiscoveredServer {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls';
  readonly user: string;
  /** Who said so. */
  readonly source: string;
  /**
   * The host is under the mail domain, or a known provider's. Otherwise somebody who can forge DNS answers may have chosen it: no secret goes there
   * until the user confirmed it.
   */
  readonly trusted: boolean;
}

/** The network, so that tests can stand in for it. */
export interface DiscoveryPort {
  resolveSrv(name: string): Promise<
    readonly {
      readonly name: string;
      readonly port: number;
      readonly priority: number;
      readonly weight: number;
    }[]
  >;
  /** The text of a document, at most 256 KB; undefined where there is none. */
  fetchText(url: string): Promise<string | undefined>;
}

const longestDocument = 262_144;

/** The real network. Documents come over https only. */
export const networkDiscovery: DiscoveryPort = {
  resolveSrv,
  fetchText: async (url) => {
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(5000) });
      if (!response.ok) return undefined;
      const text = await response.text();
      return text.length > longestDocument ? undefined : text;
    } catch {
      return undefined;
    }
  },
};

/** Finds the POP3 server of a mail address: known providers, SRV records (RFC 6186), Thunderbird's autoconfig. */
export async function discover(
  address: string,
  network: DiscoveryPort = networkDiscovery,
): Promise<readonly DiscoveredServer[]> {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1).toLowerCase()];
  const provider = recogniseProvider(domain);
  if (provider !== undefined) {
    if (provider.host === undefined) return [];
    const user = /The part before the @/.test(provider.advice) ? local : address;
    return [
      {
        host: provider.host,
        port: 995,
        security: 'tls',
        user,
        source: `what is known of ${provider.name}`,
        trusted: true,
      },
    ];
  }
  const bySrv = await fromSrv(address, domain, network);
  return bySrv.length > 0 ? bySrv : fromAutoconfig(address, local, domain, network);
}

async function fromSrv(user: string, domain: string, network: DiscoveryPort): Promise<DiscoveredServer[]> {
  const found: DiscoveredServer[] = [];
  for (const [service, security] of [
    ['_pop3s._tcp', 'tls'],
    ['_pop3._tcp', 'starttls'],
  ] as const) {
    const records = await network.resolveSrv(`${service}.${domain}`).catch(() => []);
    for (const { name, port } of [...records].sort(
      (a, b) => a.priority - b.priority || b.weight - a.weight,
    )) {
      // A single dot: the service is not there (RFC 2782).
      if (name === '' || name === '.') continue;
      found.push({
        host: name,
        port,
        security,
        user,
        source: `the SRV record ${service}.${domain}`,
        trusted: isUnder(name, domain),
      });
    }
  }
  return found;
}

async function fromAutoconfig(
  address: string,
  local: string,
  domain: string,
  network: DiscoveryPort,
): Promise<DiscoveredServer[]> {
  const urls = [
    `https://autoconfig.${domain}/mail/config-v1.1.xml?emailaddress=${encodeURIComponent(address)}`,
    `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`,
  ];
  for (const url of urls) {
    const text = await network.fetchText(url);
    const found = text === undefined ? [] : await readAutoconfig(text, { address, local, domain, url });
    if (found.length > 0) return found;
  }
  return [];
}

async function readAutoconfig(
  text: string,
  { address, local, domain, url }: { address: string; local: string; domain: string; url: string },
): Promise<DiscoveredServer[]> {
  const { XMLParser } = await import('fast-xml-parser');
  const parser = new XMLParser({
    ignoreAttributes: false,
    processEntities: false,
    parseTagValue: false,
    isArray: (name) => name === 'incomingServer',
  });
  let document: unknown;
  try {
    document = parser.parse(text);
  } catch {
    return [];
  }
  const servers = path(document, ['clientConfig', 'emailProvider', 'incomingServer']);
  if (!Array.isArray(servers)) return [];
  return servers.flatMap((server: unknown): DiscoveredServer[] => {
    const [type, host, port, socket, user] = ['@_type', 'hostname', 'port', 'socketType', 'username'].map(
      (name) => String(path(server, [name]) ?? ''),
    );
    const security = socket === 'SSL' ? 'tls' : socket === 'STARTTLS' ? 'starttls' : undefined;
    if (type !== 'pop3' || security === undefined || !host || !/^\d{1,5}$/.test(port ?? '')) return [];
    const name =
      (user ?? '').replace('%EMAILADDRESS%', address).replace('%EMAILLOCALPART%', local) || address;
    const expanded = host.replace('%EMAILDOMAIN%', domain);
    return [
      {
        host: expanded,
        port: Number(port),
        security,
        user: name,
        source: url,
        trusted: isUnder(expanded, domain),
      },
    ];
  });
}

function path(value: unknown, names: readonly string[]): unknown {
  let current = value;
  for (const name of names) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined;
    current = Object.getOwnPropertyDescriptor(current, name)?.value;
  }
  return current;
}

function isUnder(host: string, domain: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return name === domain || name.endsWith(`.${domain}`);
}

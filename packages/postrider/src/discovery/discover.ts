import { domainToASCII } from 'node:url';
import { UsageError } from '../failure/index.ts';
import { recogniseProvider } from '../provider/provider.ts';
import { autoconfigUrls, type MailAddress, readAutoconfig } from './autoconfig.ts';
import type { DiscoveryNetwork } from './network.ts';

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

/** What was found, best first, and for each place that was asked what it said. */
export interface Discovery {
  readonly servers: readonly DiscoveredServer[];
  readonly tried: readonly string[];
}

/**
 * Finds the POP3 server of a mail address: known providers, SRV records (RFC 6186), Thunderbird's autoconfig over https.
 *
 * @throws UsageError where it is no mail address.
 */
export async function discover(address: string, network: DiscoveryNetwork): Promise<Discovery> {
  const mail = parseAddress(address);
  const known = fromProvider(mail);
  if (known !== undefined) return { servers: known, tried: [] };
  // Nobody outside of a network may say where the mail of one of its names is.
  if (!mail.domain.includes('.'))
    return { servers: [], tried: [`${mail.domain}: a name without a dot is not looked for`] };
  const bySrv = await fromSrv(mail, network);
  if (bySrv.servers.length > 0) return bySrv;
  const byAutoconfig = await fromAutoconfig(mail, network);
  return { ...byAutoconfig, tried: [...bySrv.tried, ...byAutoconfig.tried] };
}

function parseAddress(address: string): MailAddress {
  const at = address.lastIndexOf('@');
  const written = address.slice(at + 1).replace(/\.$/, '');
  const domain = domainToASCII(written).toLowerCase();
  // Of a URL, which that function takes too, it gives the host.
  if (at < 1 || !isHostName(domain) || /[/\\?#:]/.test(written)) {
    throw new UsageError(`'${address}' is no mail address`, 'It has the form name@example.org.');
  }
  return { address, local: address.slice(0, at), domain };
}

function fromProvider({ address, local, domain }: MailAddress): DiscoveredServer[] | undefined {
  const provider = recogniseProvider(domain);
  if (provider === undefined) return undefined;
  const { host, name } = provider;
  if (host === undefined) return [];
  const user = /The part before the @/.test(provider.advice) ? local : address;
  return [{ host, port: 995, security: 'tls', user, source: `what is known of ${name}`, trusted: true }];
}

async function fromSrv(mail: MailAddress, network: DiscoveryNetwork): Promise<Discovery> {
  const services = [
    ['_pop3s._tcp', 'tls'],
    ['_pop3._tcp', 'starttls'],
  ] as const;
  const answers = await Promise.all(
    services.map(async ([service, security]) => {
      const source = `the SRV record ${service}.${mail.domain}`;
      const records = await answerOf(network.resolveSrv(`${service}.${mail.domain}`));
      if (typeof records === 'string') return { servers: [], tried: [`${source}: ${records}`] };
      const servers = [...records]
        .sort((a, b) => a.priority - b.priority || b.weight - a.weight)
        // A single dot means that the service is not there (RFC 2782); it is no host name.
        .map(({ name, port }) => ({ host: name.replace(/\.$/, ''), port, security, user: mail.address }));
      return accept(servers, source, mail);
    }),
  );
  return {
    servers: answers.flatMap(({ servers }) => servers),
    tried: answers.flatMap(({ tried }) => tried),
  };
}

async function fromAutoconfig(mail: MailAddress, network: DiscoveryNetwork): Promise<Discovery> {
  const tried: string[] = [];
  for (const url of autoconfigUrls(mail)) {
    const source = url.replace(/\?.*$/, '');
    const text = await answerOf(network.fetchText(url).then((found) => ({ found })));
    if (typeof text === 'string') {
      tried.push(`${source}: ${text}`);
      continue;
    }
    const servers = text.found === undefined ? [] : await readAutoconfig(text.found, mail);
    const accepted = accept(servers, source, mail);
    if (accepted.servers.length > 0) return accepted;
    tried.push(...accepted.tried);
  }
  return { servers: [], tried };
}

function accept(
  found: readonly Omit<DiscoveredServer, 'source' | 'trusted'>[],
  source: string,
  { domain }: MailAddress,
): Discovery {
  const servers = found
    .filter(({ host, port }) => isHostName(host) && Number.isInteger(port) && port > 0 && port < 65_536)
    .map((server) => ({ ...server, source, trusted: isUnder(server.host, domain) }));
  return { servers, tried: servers.length === 0 ? [`${source}: none`] : [] };
}

/** What a promise gives, or why it does not. */
async function answerOf<T>(pending: Promise<T>): Promise<T | string> {
  try {
    return await pending;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isHostName(text: string): boolean {
  return text.length <= 253 && /^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)*[a-z0-9][a-z0-9-]{0,62}$/i.test(text);
}

function isUnder(host: string, domain: string): boolean {
  const name = host.toLowerCase();
  return name === domain || name.endsWith(`.${domain}`);
}

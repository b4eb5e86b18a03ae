import type { DiscoveredServer } from './discover.ts';

/** The address that a document was asked for. */
export interface MailAddress {
  readonly address: string;
  readonly local: string;
  readonly domain: string;
}

/** Where Thunderbird's autoconfig documents of a domain are, best first. */
export function autoconfigUrls({ address, domain }: MailAddress): readonly string[] {
  return [
    `https://autoconfig.${domain}/mail/config-v1.1.xml?emailaddress=${encodeURIComponent(address)}`,
    `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`,
  ];
}

/** The POP3 servers with TLS or STLS that an autoconfig document names. What it says is data, and may be anything. */
export async function readAutoconfig(
  text: string,
  mail: MailAddress,
): Promise<readonly Omit<DiscoveredServer, 'source' | 'trusted'>[]> {
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
  const servers = member(document, ['clientConfig', 'emailProvider', 'incomingServer']);
  return Array.isArray(servers) ? servers.flatMap((server: unknown) => readServer(server, mail)) : [];
}

function readServer(server: unknown, mail: MailAddress): Omit<DiscoveredServer, 'source' | 'trusted'>[] {
  const text = (name: string): string => String(member(server, [name]) ?? '').trim();
  const socket = text('socketType');
  const security = socket === 'SSL' ? 'tls' : socket === 'STARTTLS' ? 'starttls' : undefined;
  if (text('@_type') !== 'pop3' || security === undefined) return [];
  const host = expand(text('hostname'), mail);
  const user = expand(text('username'), mail);
  return [{ host, port: Number(text('port')), security, user: isShowable(user) ? user : mail.address }];
}

// It is proposed on a terminal, which would act on what is not to be seen.
function isShowable(user: string): boolean {
  return /^[^\p{C}\p{Z}]+$/u.test(user);
}

function expand(text: string, { address, local, domain }: MailAddress): string {
  return text
    .replaceAll('%EMAILADDRESS%', () => address)
    .replaceAll('%EMAILLOCALPART%', () => local)
    .replaceAll('%EMAILDOMAIN%', () => domain);
}

function member(value: unknown, names: readonly string[]): unknown {
  let current = value;
  for (const name of names) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return undefined;
    current = Object.getOwnPropertyDescriptor(current, name)?.value;
  }
  return current;
}

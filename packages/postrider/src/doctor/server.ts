import type { Security } from '@postrider/pop3';
import type { Target } from '../connection/target.ts';
import { findAccount, hostOf } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { type DiscoveredServer, discover } from '../discovery/discover.ts';
import { networkOf } from '../discovery/network-of.ts';
import { exitCode, ProgramError } from '../failure/index.ts';
import { portFlag, securityFlag } from '../flag/connection.ts';
import { type Provider, recogniseProvider } from '../provider/provider.ts';
import type { Finding } from './finding.ts';

/** What `doctor` was asked to look at. */
export interface ServerToExamine {
  readonly target: Target;
  /** To be tried: TLS, and the port where STLS may be on offer. */
  readonly ways: readonly (readonly [Security, number])[];
  readonly provider: Provider | undefined;
  /** Who named the server, where the user did not. */
  readonly source: string | undefined;
  /** The user named the server, or it is under the mail domain, or he was asked and said yes: a secret may go there. */
  readonly confirmed: boolean;
  /** The user wants to be logged in. */
  readonly wantsLogin: boolean;
  /** What there is to say about how it was found. */
  readonly discovery: readonly Finding[];
}

/** The server that was named, or the one of the account or mail address that was. */
export async function findServer(context: Context): Promise<ServerToExamine> {
  const [first = '', user] = context.invocation.arguments;
  const account = await findAccount(context, first);
  if (account === undefined && first.includes('@')) return findByAddress(context, first, user);
  const target: Target = account ?? {
    label: first,
    host: hostOf(first),
    user: user ?? '',
    account: {},
    accountName: undefined,
  };
  return {
    target: user === undefined ? target : { ...target, user },
    ways: waysToTry(context, target.account),
    provider: recogniseProvider(target.host),
    source: undefined,
    confirmed: true,
    wantsLogin: user !== undefined || account !== undefined,
    discovery: [],
  };
}

async function findByAddress(
  context: Context,
  address: string,
  user: string | undefined,
): Promise<ServerToExamine> {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const provider = recogniseProvider(domain);
  if (provider !== undefined && provider.host === undefined)
    throw new ProgramError(`${provider.name}: ${provider.advice}`, exitCode.unreachable);
  const { servers, tried } = await discover(address, await networkOf(context));
  const [best, ...others] = servers;
  if (best === undefined) {
    throw new ProgramError(
      `nothing says which POP3 server ${domain} has (${tried.join('; ')})`,
      exitCode.unreachable,
      'Ask the provider for the host, and run: postrider doctor HOST',
    );
  }
  const confirmed = best.trusted || (user !== undefined && (await confirm(context, best)));
  return {
    target: { label: address, host: best.host, user: user ?? best.user, account: {}, accountName: undefined },
    ways: waysToTry(context, best),
    provider: provider ?? recogniseProvider(best.host),
    source: best.source,
    confirmed,
    wantsLogin: user !== undefined,
    discovery: describeDiscovery(best, others, domain, confirmed),
  };
}

async function confirm({ io, output }: Context, { host }: DiscoveredServer): Promise<boolean> {
  if (io.prompter.available)
    return io.prompter.confirm(`Is ${host} the right server to send the password to?`);
  output.warn(`there is no terminal to ask whether ${host} is the right server: no login`);
  return false;
}

function describeDiscovery(
  best: DiscoveredServer,
  others: readonly DiscoveredServer[],
  domain: string,
  confirmed: boolean,
): Finding[] {
  const how = best.security === 'tls' ? 'TLS' : 'STLS';
  const findings: Finding[] = [
    { verdict: 'note', about: 'source', text: best.source },
    {
      verdict: best.trusted ? 'good' : 'weak',
      about: 'server',
      text: best.trusted
        ? `${best.host}:${best.port}, ${how}`
        : `${best.host}:${best.port}, ${how}; it is not under ${domain}, and DNS answers can be forged`,
      advice:
        best.trusted || confirmed
          ? undefined
          : 'Ask the provider whether that is the server before you give it a password.',
    },
    { verdict: 'note', about: 'user', text: best.user },
  ];
  if (others.length > 0) {
    const text = others.map(({ host, port }) => `${host}:${port}`).join(', ');
    findings.push({ verdict: 'note', about: 'also', text });
  }
  return findings;
}

function waysToTry(
  { invocation }: Context,
  known: { readonly port?: number | undefined; readonly security?: Security | undefined },
): ServerToExamine['ways'] {
  const port = invocation.get(portFlag) ?? known.port;
  const security = invocation.get(securityFlag) ?? known.security;
  if (port === undefined) {
    return [
      ['tls', 995],
      ['none', 110],
    ];
  }
  // As every other command takes a port whose security is not named, but for the one that is known to be without.
  const plain = security === undefined ? port === 110 : security !== 'tls';
  return [[plain ? 'none' : 'tls', port]];
}

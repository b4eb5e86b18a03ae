import type { Security } from '@postrider/pop3';
import type { Context } from '../context.ts';
import { type DiscoveredServer, discover } from '../discovery/discover.ts';
import { networkOf } from '../discovery/network-of.ts';
import { exitCode, ProgramError, UsageError } from '../failure/index.ts';
import { portFlag, securityFlag } from '../flag/connection.ts';
import { recogniseProvider } from '../provider/provider.ts';

/** Where the mail of an address is. */
export interface ChosenServer {
  readonly host: string;
  readonly port: number;
  readonly security: Security;
  /** The name to log in with, most likely. */
  readonly user: string;
}

/** The mail address that was given, or that the user is asked for. */
export async function askAddress({ io }: Context, given: string | undefined): Promise<string> {
  const check = (text: string): string | undefined =>
    /^[^\s@]+@[^\s@]+$/.test(text) ? undefined : 'An address has the form name@example.org.';
  if (given === undefined) return io.prompter.line('Mail address:', { check });
  const wrong = check(given);
  if (wrong !== undefined) throw new UsageError(`'${given}' is no mail address`, wrong);
  return given;
}

/** The server of an address: the one that is found for it and that the user agrees to, or the one that the user names. */
export async function findServer(context: Context, address: string): Promise<ChosenServer> {
  return (await foundServer(context, address)) ?? (await askServer(context, address));
}

async function foundServer(context: Context, address: string): Promise<DiscoveredServer | undefined> {
  const { output, io, invocation } = context;
  // Named on the command line: nothing has to be found.
  if (invocation.has(portFlag) || invocation.has(securityFlag)) return undefined;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  const provider = recogniseProvider(domain);
  if (provider !== undefined) output.note(`${provider.name}: ${provider.advice}`);
  if (provider !== undefined && provider.host === undefined)
    throw new ProgramError(
      `${provider.name} has no POP3`,
      exitCode.unreachable,
      'Its mail cannot be fetched this way.',
    );
  if (provider === undefined) output.note(`Looking for the server of ${domain}...`);
  const { servers, tried } = await discover(address, await networkOf(context));
  const [best] = servers;
  if (best === undefined) {
    for (const answer of tried) output.detail(answer);
    output.note(`Nothing says which server ${domain} has: the pages of its provider do.`);
    return undefined;
  }
  output.note(`${best.host}:${best.port}, according to ${best.source}.`);
  if (best.trusted) return best;
  const question = `${best.host} is not under ${domain}. Is it the right server?`;
  return (await io.prompter.confirm(question)) ? best : undefined;
}

const ways: readonly { readonly value: Security; readonly label: string }[] = [
  { value: 'tls', label: 'TLS (port 995)' },
  { value: 'starttls', label: 'TLS after STLS (port 110)' },
  { value: 'none', label: 'none: everybody on the way can read the mail (port 110)' },
];

async function askServer({ io, invocation }: Context, address: string): Promise<ChosenServer> {
  const { prompter } = io;
  const host = await prompter.line('POP3 server:', {
    check: (text) =>
      /^[^\s/@]+$/.test(text) ? undefined : 'A host name or address is needed, such as pop.example.org.',
  });
  const security = invocation.get(securityFlag) ?? (await prompter.choose('Protection:', ways));
  const usual = security === 'tls' ? '995' : '110';
  const port =
    invocation.get(portFlag) ??
    Number(
      await prompter.line('Port:', {
        preset: usual,
        check: (text) =>
          /^\d{1,5}$/.test(text) && isPort(Number(text)) ? undefined : 'A number from 1 to 65535.',
      }),
    );
  return { host, port, security, user: address };
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}

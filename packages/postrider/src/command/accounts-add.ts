import { configPath, loadConfig } from '../config/config.ts';
import { addAccount } from '../config/edit.ts';
import type { AccountConfig, OAuthConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { type DiscoveredServer, discover } from '../discovery/discover.ts';
import { exitCode, ProgramError, UsageError } from '../failure/index.ts';
import { portFlag, securityFlag } from '../flag/connection.ts';
import { configFlag } from '../flag/general.ts';
import { flowFlag, tenantFlag } from '../flag/oauth.ts';
import { keepLogin } from '../login/keep.ts';
import type { TokenRecord } from '../oauth/token-record.ts';
import { countOf } from '../output/quantity.ts';
import { recogniseProvider } from '../provider/provider.ts';

/** `postrider accounts add`: asks, tries the login, and only then saves. */
export async function run(context: Context): Promise<number> {
  const { invocation, output, io } = context;
  const { prompter } = io;
  if (!prompter.available) {
    throw new UsageError(
      'accounts add asks questions, and there is no terminal',
      'Write the configuration file by hand: see docs/configuration.md.',
    );
  }
  const { accounts } = await loadConfig(invocation.get(configFlag), io.env);
  const address = await prompter.line('Mail address:', {
    check: (text) =>
      /^[^\s@]+@[^\s@]+$/.test(text) ? undefined : 'An address has the form name@example.org.',
  });
  const server = await chooseServer(context, address);
  const user = await prompter.line('User name:', { preset: server?.user ?? address });
  const host =
    server?.host ??
    (await prompter.line('POP3 server:', {
      check: (text) => (text === '' ? 'A host name is needed.' : undefined),
    }));
  const name = await prompter.line('Name for this account:', {
    preset: address.split('@')[1]?.split('.')[0] ?? 'mail',
    check: (text) =>
      /^[^\s/.]+$/.test(text) && !accounts.has(text)
        ? undefined
        : 'It must be new, and without spaces, dots and slashes.',
  });
  const account: AccountConfig = { host, user, ...placeOf(context, server) };
  const target = { label: name, host, user, account, accountName: name };
  const { mechanism, messages, store, tokens } = await keepLogin(context, target, name);
  output.note(`Logged in by ${mechanism}: ${countOf(messages, 'message')}.`);
  const path = configPath(invocation.get(configFlag), io.env);
  await addAccount(
    path,
    name,
    tokens === undefined ? account : { ...account, oauth: oauthOf(context, tokens) },
  );
  output.print(
    `Saved ${name} in ${path}; ${tokens === undefined ? 'its password is' : 'its tokens are'} in ${store}.`,
  );
  output.note(`Try: postrider status ${name}`);
  return exitCode.done;
}

async function chooseServer(
  { output, io, invocation }: Context,
  address: string,
): Promise<DiscoveredServer | undefined> {
  // Named on the command line: nothing has to be found.
  if (invocation.has(portFlag) || invocation.has(securityFlag)) return undefined;
  const provider = recogniseProvider(address.slice(address.lastIndexOf('@') + 1));
  if (provider !== undefined) output.note(`${provider.name}: ${provider.advice}`);
  if (provider !== undefined && provider.host === undefined)
    throw new ProgramError(`${provider.name} has no POP3`, exitCode.unreachable);
  const { servers } = await discover(address, io.discovery);
  const [best] = servers;
  if (best === undefined) return undefined;
  output.note(`${best.host}:${best.port}, according to ${best.source}.`);
  if (
    best.trusted ||
    (await io.prompter.confirm(`${best.host} is not under the mail domain. Is it the right server?`))
  )
    return best;
  return undefined;
}

// What the next sign-in needs to know, also after a logout.
function oauthOf({ invocation }: Context, { clientId, flow }: TokenRecord): OAuthConfig {
  const tenant = invocation.get(tenantFlag);
  return {
    'client-id': clientId,
    ...(invocation.has(flowFlag) ? { flow } : {}),
    ...(tenant === undefined ? {} : { tenant }),
  };
}

function placeOf({ invocation }: Context, server: DiscoveredServer | undefined): Partial<AccountConfig> {
  const port = invocation.get(portFlag) ?? server?.port;
  const security = invocation.get(securityFlag) ?? server?.security;
  return { ...(port === undefined ? {} : { port }), ...(security === undefined ? {} : { security }) };
}

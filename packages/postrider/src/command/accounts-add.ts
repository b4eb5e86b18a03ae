import { loadConfig } from '../config/config.ts';
import { addAccount, checkAddition } from '../config/edit.ts';
import { type AccountConfig, isAccountName, type OAuthConfig } from '../config/schema.ts';
import { authenticateWith, credentialFor } from '../connection/options.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode, UsageError } from '../failure/index.ts';
import { configFlag } from '../flag/general.ts';
import { flowFlag, tenantFlag } from '../flag/oauth.ts';
import { attempt } from '../login/attempt.ts';
import { keepLogin } from '../login/keep.ts';
import type { TokenRecord } from '../oauth/token-record.ts';
import { countOf } from '../output/quantity.ts';
import { askAddress, type ChosenServer, findServer } from '../setup/find-server.ts';
import { flagSettings } from '../setup/flag-settings.ts';

/** `postrider accounts add`: asks, tries the login, and only then saves. */
export async function run(context: Context): Promise<number> {
  const { invocation, output, io } = context;
  const { prompter } = io;
  if (!prompter.available) {
    throw new UsageError(
      'accounts add asks questions, and there is no terminal',
      'Write the configuration file by hand: see postrider help configuration.',
    );
  }
  const { accounts, path } = await loadConfig(invocation.get(configFlag), io.env, { new: true });
  const address = await askAddress(context, invocation.arguments[0]);
  const server = await findServer(context, address);
  const user = await prompter.line('User name:', { preset: server.user });
  const name = await prompter.line('Name for this account:', {
    preset: freeName(address, accounts),
    check: (text) => {
      if (accounts.has(text)) return 'There is an account of that name.';
      return isAccountName(text) ? undefined : 'One word of letters, digits, and _ . @ + - behind the first.';
    },
  });
  const { host, port, security } = server;
  const account: AccountConfig = { host, user, ...placeOf(server), ...flagSettings(invocation) };
  const target: Target = { label: name, host, user, account, accountName: name };
  await checkAddition(path, name, account);
  const { mechanism, messages, store, tokens } = await logInFirst(context, target);
  output.note(`Logged in by ${mechanism}: ${countOf(messages, 'message')}.`);
  const oauth = tokens === undefined ? {} : { oauth: oauthOf(context, tokens) };
  await addAccount(path, name, { ...account, ...oauth });
  if (output.json) output.printJson({ name, host, user, port, security, path, store });
  else
    output.print(
      `Saved ${name} in ${path}${store === null ? '' : `; its ${tokens === undefined ? 'password is' : 'tokens are'} in ${store}`}.`,
    );
  output.note(
    `Try: postrider status ${name}, or: postrider collect ${name}${account.to === undefined ? ' --to maildir:Mail' : ''}`,
  );
  return exitCode.done;
}

interface FirstLogin {
  readonly mechanism: string;
  readonly messages: number;
  /** Where the credential is kept; null where nothing has to be. */
  readonly store: string | null;
  readonly tokens: TokenRecord | undefined;
}

async function logInFirst(context: Context, target: Target): Promise<FirstLogin> {
  const { account, accountName = target.label } = target;
  const elsewhere = (['password-command', 'password-file', 'token-command'] as const).some(
    (key) => account[key] !== undefined,
  );
  const withoutSecret = account.auth?.every((name) => name === 'external' || name === 'anonymous') === true;
  if (elsewhere || withoutSecret) {
    const credential = withoutSecret ? {} : await credentialFor(context, target);
    const tried = await attempt(context, target, authenticateWith(context, target, credential));
    return { ...tried, store: null, tokens: undefined };
  }
  return keepLogin(context, target, accountName);
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

// What is usual need not be written.
function placeOf({ port, security }: ChosenServer): Partial<AccountConfig> {
  return {
    ...(port === (security === 'tls' ? 995 : 110) ? {} : { port }),
    ...(security === 'tls' ? {} : { security }),
  };
}

function freeName(address: string, taken: ReadonlyMap<string, unknown>): string {
  const label = address.slice(address.lastIndexOf('@') + 1).split('.')[0] ?? '';
  const name = isAccountName(label) ? label : 'mail';
  for (let number = 2; ; number++) {
    const candidate = number === 2 ? name : `${name}${number - 1}`;
    if (!taken.has(candidate)) return candidate;
  }
}

import { isIP } from 'node:net';
import type { AccountConfig } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { exitCode, ProgramError, UsageError } from '../failure/index.ts';
import { configFlag } from '../flag/general.ts';

/** A maildrop that was named: on the command line, or by an account of the configuration. */
export interface Target {
  /** The account's name, or `user@host`. */
  readonly label: string;
  readonly host: string;
  readonly user: string;
  /** What the configuration says beyond that. */
  readonly account: Partial<AccountConfig>;
  /** The account's name in the configuration, where it has one. */
  readonly accountName: string | undefined;
}

/** The one maildrop that ACCOUNT or HOST USER names; words behind it belong to the command. */
export async function findTarget(
  context: Context,
): Promise<{ readonly target: Target; readonly rest: readonly string[] }> {
  const [first = '', second, ...rest] = context.invocation.arguments;
  const accounts = await loadAccounts(context);
  const account = accounts.get(first);
  if (account !== undefined)
    return { target: fromAccount(first, account), rest: second === undefined ? [] : [second, ...rest] };
  if (second === undefined) throw unknownAccount(first, accounts);
  return { target: fromWords(first, second), rest };
}

/** The account of that name, if there is one. */
export async function findAccount(context: Context, name: string): Promise<Target | undefined> {
  const account = (await loadAccounts(context)).get(name);
  return account === undefined ? undefined : fromAccount(name, account);
}

/** The account of that name, for a command that takes nothing else. */
export async function requireAccount(context: Context, name: string): Promise<Target> {
  const accounts = await loadAccounts(context);
  const account = accounts.get(name);
  if (account === undefined) throw unknownAccount(name, accounts, 'To add one: postrider accounts add');
  return fromAccount(name, account);
}

/** Every maildrop that was named; without a name, all of the configuration. */
export async function findTargets(context: Context): Promise<readonly Target[]> {
  const words = context.invocation.arguments;
  const accounts = await loadAccounts(context);
  if (words.length === 0) {
    if (accounts.size === 0) {
      throw new UsageError(
        'there is no account in the configuration',
        'Name a server and a user: HOST USER. Or: postrider accounts add',
      );
    }
    return [...accounts].map(([name, account]) => fromAccount(name, account));
  }
  if (words.length === 2 && !words.every((word) => accounts.has(word))) {
    const [host = '', user = ''] = words;
    if (!accounts.has(host)) return [fromWords(host, user)];
  }
  return [...new Set(words)].map((word) => {
    const account = accounts.get(word);
    if (account === undefined) throw unknownAccount(word, accounts);
    return fromAccount(word, account);
  });
}

async function loadAccounts({ invocation, io }: Context): Promise<ReadonlyMap<string, AccountConfig>> {
  const [{ loadConfig }, { homeFolder, resolvePaths }] = await Promise.all([
    import('../config/config.ts'),
    import('../config/path.ts'),
  ]);
  const { accounts } = await loadConfig(invocation.get(configFlag), io.env);
  const home = homeFolder(io.env);
  return new Map([...accounts].map(([name, account]) => [name, resolvePaths(account, home)]));
}

function fromAccount(name: string, account: AccountConfig): Target {
  return { label: name, host: account.host, user: account.user, account, accountName: name };
}

/** The host that a word names; an address of IPv6 may stand in brackets. @throws UsageError */
export function hostOf(word: string): string {
  const host = /^\[(.*)\]$/.exec(word)?.[1] ?? word;
  if (isIP(host) !== 0 || /^[^\0-\x20\x7f:/[\]]+$/.test(host)) return host;
  const [, name, port] = /^([^\s:/]+|\[.*\]):(\d+)$/.exec(word) ?? [];
  throw new UsageError(
    `'${word}' is no host name and no IP address`,
    name === undefined
      ? 'Give the name of the server alone, such as pop.example.org.'
      : `The port is an option: ${name} --port ${port}`,
  );
}

function fromWords(word: string, user: string): Target {
  if (word === '' || user === '')
    throw new UsageError('the name of the host or of the user is empty', 'Write: HOST USER');
  const host = hostOf(word);
  return { label: `${user}@${host}`, host, user, account: {}, accountName: undefined };
}

function unknownAccount(
  name: string,
  accounts: ReadonlyMap<string, AccountConfig>,
  otherwise = 'A server that is not configured is named by two words: HOST USER.',
): ProgramError {
  const known =
    accounts.size === 0
      ? 'There is none in the configuration.'
      : `There are: ${[...accounts.keys()].join(', ')}.`;
  return new ProgramError(`there is no account '${name}'`, exitCode.usage, `${known} ${otherwise}`);
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteLedger } from '@postrider/collector';
import { here, homeFolder, resolveFrom } from '../config/path.ts';
import { stateFolder } from '../config/state-folder.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode, ProgramError, UsageError } from '../failure/index.ts';
import { ledgerFlag } from '../flag/collect.ts';
import { actAsFlag, portFlag } from '../flag/connection.ts';
import { configFlag } from '../flag/general.ts';
import { shellWord } from '../output/shell-word.ts';

/** The file of the ledger: `--ledger`, or the one in the user's state folder. */
export function ledgerPath({ invocation, io }: Context): string {
  const named = invocation.get(ledgerFlag);
  if (named === undefined) return join(stateFolder(io.env), 'ledger.sqlite');
  return resolveFrom(named, here, homeFolder(io.env));
}

/**
 * The name of a maildrop in the ledger: the same maildrop is the same account, however it is called on the command line. Two maildrops must never
 * share one, as what is known of one would be deleted from the other. The usual ports lead to the same server; any other may lead to another one.
 */
export function ledgerAccount({ invocation }: Pick<Context, 'invocation'>, target: Target): string {
  const { account, host } = target;
  const owner = maildropOwner({ invocation }, target);
  const port = invocation.get(portFlag) ?? account.port;
  if (port === undefined || port === 110 || port === 995) return maildropName(owner, host);
  return `${maildropName(owner, host.includes(':') ? `[${host}]` : host)}:${port}`;
}

/** Whose maildrop it is: the user who logs in, or the one that it acts as. */
export function maildropOwner(
  { invocation }: Pick<Context, 'invocation'>,
  { account, user }: Target,
): string {
  return invocation.get(actAsFlag) ?? account['act-as'] ?? user;
}

/** How the same maildrop is named to another command of the ledger, as typed into a shell. */
export function ledgerWords({ invocation }: Pick<Context, 'invocation'>, target: Target): string {
  const { label, host, user, accountName } = target;
  const port = invocation.get(portFlag);
  const owner = invocation.get(actAsFlag);
  const ledger = invocation.get(ledgerFlag);
  const config = invocation.get(configFlag);
  const words = [
    ...(accountName === undefined ? [host, user] : [label]),
    ...(port === undefined ? [] : ['--port', String(port)]),
    ...(owner === undefined ? [] : ['--act-as', owner]),
    ...(ledger === undefined ? [] : ['--ledger', ledger]),
    ...(config === undefined ? [] : ['--config', config]),
  ];
  return words.map(shellWord).join(' ');
}

/** The name of the maildrop of a user at the usual ports of a host, as files of other programs know it too. */
export function maildropName(user: string, host: string): string {
  return `${user}@${host.toLowerCase()}`;
}

/** Opens the ledger that is there, to look into it. */
export function openExistingLedger(context: Context): SqliteLedger {
  const path = ledgerPath(context);
  if (!existsSync(path)) {
    throw new ProgramError(
      `there is no ledger ${path}`,
      exitCode.localIo,
      'The first postrider collect makes one; name another with --ledger.',
    );
  }
  return new SqliteLedger(path);
}

/** Refuses an account that the ledger does not have, and names those that it has. */
export async function requireAccount(ledger: SqliteLedger, account: string): Promise<void> {
  const known = (await ledger.accounts()).map((one) => one.account);
  if (known.includes(account)) return;
  throw new UsageError(
    `the ledger ${ledger.path} knows nothing of ${account}`,
    known.length === 0 ? 'It is empty.' : `It has: ${known.join(', ')}.`,
  );
}

import {
  type AccountJob,
  type CollectListener,
  type Destination,
  destinationForms,
  type Ledger,
  needsPassword,
  parseDestination,
  type Retention,
} from '@postrider/collector';
import { logIn, planLogin } from '../connection/login.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../failure/index.ts';
import {
  deleteAfterFlag,
  deleteFlag,
  doubtFlag,
  dryRunFlag,
  keepFlag,
  limitFlag,
  maximumSizeFlag,
  newOnlyFlag,
  parseAge,
  parseSize,
  toFlag,
} from '../flag/collect.ts';
import { ledgerAccount } from '../ledger/open-ledger.ts';

/** Makes the job of one account out of flags and configuration; flags come first. May ask for a password. */
export async function collectJob(
  context: Context,
  target: Target,
  { ledger, onEvent }: { readonly ledger: Ledger; readonly onEvent: CollectListener },
): Promise<AccountJob> {
  const { invocation, io } = context;
  const { account } = target;
  const named = invocation.get(toFlag);
  const configured = account.to === undefined ? [] : [account.to].flat();
  const texts = named.length > 0 ? named : configured;
  if (texts.length === 0) {
    throw new UsageError(
      `${target.label}: there is no destination`,
      `Give --to DEST: ${destinationForms.join(', ')}.`,
    );
  }
  const destinations: Destination[] = [];
  for (const text of texts) {
    const password = needsPassword(text) ? await destinationPassword(context, text) : undefined;
    const destination = parseDestination(text, { recipient: target.user, password });
    if (destination === undefined) {
      throw new UsageError(`'${text}' is no destination`, `There are: ${destinationForms.join(', ')}.`);
    }
    destinations.push(destination);
  }
  const maximum = account['max-size'];
  const login = await planLogin(context, target);
  return {
    host: target.host,
    options: {
      account: ledgerAccount(target),
      login: async () => (await logIn(context, login)).client,
      ledger,
      destinations,
      retention: retentionOf(context, target),
      newOnly: invocation.get(newOnlyFlag) || account['new-only'] === true,
      maximumOctets:
        invocation.get(maximumSizeFlag) ?? (maximum === undefined ? undefined : parseSize(maximum)),
      limit: invocation.get(limitFlag),
      dryRun: invocation.get(dryRunFlag),
      onDoubt: invocation.get(doubtFlag),
      signal: io.signal,
      onEvent,
    },
  };
}

async function destinationPassword({ io }: Context, text: string): Promise<string> {
  const given = io.env['POSTRIDER_TO_PASSWORD'] ?? '';
  if (given !== '') return given;
  if (io.prompter.available) return io.prompter.hidden(`Password for ${text}:`);
  throw new UsageError(
    `a password for ${text} is needed, and there is no terminal to ask for it`,
    'Set POSTRIDER_TO_PASSWORD.',
  );
}

function retentionOf({ invocation }: Context, { account }: Target): Retention {
  const given = [keepFlag, deleteFlag, deleteAfterFlag].filter((flag) => invocation.has(flag));
  if (given.length > 1) {
    throw new UsageError(
      `${given.map(({ name }) => `--${name}`).join(' and ')} contradict each other`,
      'Give one of them.',
    );
  }
  if (invocation.get(keepFlag)) return { type: 'keep' };
  if (invocation.get(deleteFlag)) return { type: 'delete' };
  const age = account['delete-after'];
  const after = invocation.get(deleteAfterFlag) ?? (age === undefined ? undefined : parseAge(age));
  if (after !== undefined) return { type: 'delete-after', after };
  return account.delete === true ? { type: 'delete' } : { type: 'keep' };
}

import {
  type AccountJob,
  type CollectListener,
  type Ledger,
  type Retention,
  StrayAnswerError,
} from '@postrider/collector';
import { isPop3Error } from '@postrider/pop3';
import { logIn, planLogin } from '../connection/login.ts';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { PhaseError, UsageError } from '../failure/index.ts';
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
  retriesFlag,
} from '../flag/collect.ts';
import { ledgerAccount } from '../ledger/open-ledger.ts';
import { type DestinationPasswords, makeDestinations } from './destinations.ts';

/** What a job needs beyond flags and configuration. */
export interface JobOptions {
  readonly ledger: Ledger;
  readonly onEvent: CollectListener;
  readonly passwords: DestinationPasswords;
}

/** What is to be done for an account, and at which `host:port`. */
export interface PlacedJob {
  readonly job: AccountJob;
  readonly where: string;
}

/** Makes the job of one account out of flags and configuration; flags come first. May ask for a password. */
export async function collectJob(
  context: Context,
  target: Target,
  { ledger, onEvent, passwords }: JobOptions,
): Promise<PlacedJob> {
  const { invocation, io } = context;
  const { account } = target;
  const destinations = await makeDestinations(context, target, passwords);
  const maximum = account['max-size'];
  const login = await planLogin(context, target);
  const job: AccountJob = {
    host: target.host,
    options: {
      account: ledgerAccount(context, target),
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
      retries: invocation.get(retriesFlag),
      signal: io.signal,
      onEvent: (event) =>
        onEvent(event.type === 'retry' ? { ...event, error: inSession(login.where, event.error) } : event),
    },
  };
  return { job, where: login.where };
}

/** Says of what a session failed with where that was. A login has said so itself; destinations and ledgers are somewhere else. */
export function inSession(where: string, error: unknown): unknown {
  const ofSession = isPop3Error(error) || error instanceof StrayAnswerError;
  return ofSession ? new PhaseError(where, 'collecting', error) : error;
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

import type { AccountJob, AccountOutcome, CollectEvent } from '@postrider/collector';
import { describeFailure, exitCode, type Failure } from '../failure/index.ts';
import { countOf, formatOctets } from '../output/quantity.ts';

/** How an account went. */
export interface Summary {
  readonly account: string;
  /** In one sentence; undefined where it ended before it was known what there is to do. */
  readonly sentence: string | undefined;
  /** For a table of several: what `columns` of {@link summaryColumns} hold. */
  readonly row: readonly string[];
  readonly json: object;
  readonly exitCode: number;
  /** What ended it before its time. */
  readonly failure: Failure | undefined;
  readonly error: unknown;
}

/** The columns of a table with several accounts. */
export const summaryColumns = [
  { title: 'Account', shrinksTo: 16 },
  { title: 'New', align: 'right' },
  { title: 'Size', align: 'right' },
  { title: 'Here', align: 'right' },
  { title: 'Deleted', align: 'right' },
  { title: 'Left', align: 'right' },
  { title: 'Failed', align: 'right' },
  { title: 'Result', shrinksTo: 16 },
] as const;

/** What was planned, as far as it was told. */
export type Planned = Extract<CollectEvent, { type: 'planned' }>;

/** Puts the outcome of an account into words. */
export function summarize(
  account: string,
  { result, error }: Omit<AccountOutcome, 'account'>,
  job: AccountJob | undefined,
  planned: Planned | undefined,
): Summary {
  const failure = error === undefined ? undefined : describeFailure(error);
  const { retrieved = 0, octets = 0, known = 0, deleted = 0 } = result ?? {};
  const { undeleted = 0, skipped = 0, incomplete = 0, failed = [] } = result ?? {};
  const good = failure === undefined && result?.result === 'done';
  const dryRun = job?.options.dryRun === true;
  const [fresh, size] = dryRun ? [planned?.retrieve ?? 0, planned?.octets ?? 0] : [retrieved, octets];
  const names = job?.options.destinations.map(({ name, label = name }) => label).join(', ') ?? '';
  const parts = [
    `${countOf(fresh, 'new message')} (${formatOctets(size)}) ${dryRun ? 'would be ' : ''}delivered to ${names}`,
    `${failed.length} failed`,
    `${known} already here`,
    ...(incomplete > 0 ? [`${incomplete} delivered to some of them only`] : []),
    ...(dryRun && (planned?.delete ?? 0) > 0
      ? [`${planned?.delete ?? 0} would be deleted from the server`]
      : []),
    ...(undeleted > 0 ? [`${undeleted} not deleted, since the server refused it`] : []),
    ...(deleted > 0 ? [`${deleted} deleted from the server`] : []),
    ...(skipped > 0 ? [`${skipped} left on the server`] : []),
  ];
  const numbers = [fresh, formatOctets(size), known, deleted, skipped, failed.length].map(String);
  return {
    account,
    sentence: failure !== undefined && planned === undefined ? undefined : `${parts.join(', ')}.`,
    row: [account, ...numbers, failure?.sentence ?? (good ? 'done' : 'not all of it')],
    json: {
      type: 'summary',
      account,
      result: result?.result ?? 'failed',
      retrieved,
      octets,
      known,
      deleted,
      undeleted,
      failed: failed.length,
      skipped,
      incomplete,
      error: failure?.sentence ?? null,
      exitCode: failure?.exitCode ?? (good ? exitCode.done : exitCode.someFailed),
    },
    exitCode: failure?.exitCode ?? (good ? exitCode.done : exitCode.someFailed),
    failure,
    error,
  };
}

/** One code for all: that of the one account, or of all where all failed alike, or that some failed. */
export function commonExitCode(summaries: readonly Summary[]): number {
  const [first, ...others] = new Set(summaries.map((summary) => summary.exitCode));
  return first !== undefined && others.length === 0 ? first : exitCode.someFailed;
}

import type { AccountJob, AccountOutcome, CollectEvent } from '@postrider/collector';
import { describeFailure } from '../failure/index.ts';
import { countOf, formatOctets } from '../output/quantity.ts';

/** How an account went, in one line. */
export interface Summary {
  readonly account: string;
  readonly retrieved: number;
  readonly failed: number;
  readonly sentence: string;
  /** Everything that was asked for was done. */
  readonly good: boolean;
  readonly error: unknown;
  readonly json: object;
}

/** Puts the outcome of an account into words. */
export function summarize(
  { result, error: thrown }: AccountOutcome,
  job: AccountJob | undefined,
  account: string,
  planned?: Extract<CollectEvent, { type: 'planned' }>,
): Summary {
  const error = thrown ?? result?.error;
  const {
    retrieved = 0,
    octets = 0,
    known = 0,
    deleted = 0,
    undeleted = 0,
    failed = [],
    skipped = [],
  } = result ?? {};
  const names = job?.options.destinations.map(({ name }) => name).join(', ') ?? '';
  const parts = [
    job?.options.dryRun === true
      ? `${countOf(planned?.retrieve ?? 0, 'new message')} (${formatOctets(planned?.octets ?? 0)}) would be delivered to ${names}, ${planned?.delete ?? 0} deleted`
      : `${countOf(retrieved, 'new message')} (${formatOctets(octets)}) delivered to ${names}`,
    `${failed.length} failed`,
    `${known} already here`,
    ...(undeleted > 0 ? [`${undeleted} not deleted, since the server refused it`] : []),
    ...(deleted > 0 ? [`${deleted} deleted from the server`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} left on the server`] : []),
  ];
  return {
    account,
    retrieved,
    failed: failed.length,
    sentence: `${parts.join(', ')}.`,
    good: error === undefined && result?.result === 'done',
    error,
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
      skipped: skipped.length,
      error: error === undefined ? null : describeFailure(error).sentence,
    },
  };
}

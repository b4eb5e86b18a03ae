import {
  type AccountJob,
  type CollectEvent,
  collectAll,
  isTemporaryFileSystem,
  SqliteLedger,
} from '@postrider/collector';
import type { DestinationPasswords } from '../collect/destinations.ts';
import { collectJob } from '../collect/job.ts';
import { reportEvent } from '../collect/report.ts';
import { type Summary, summarize } from '../collect/summary.ts';
import { findTargets } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { describeFailure, exitCode } from '../failure/index.ts';
import { deleteAfterFlag, deleteFlag, jobsFlag } from '../flag/collect.ts';
import { ledgerPath } from '../ledger/open-ledger.ts';

/** `postrider collect`. */
export async function run(context: Context): Promise<number> {
  const { invocation, output } = context;
  const targets = await findTargets(context);
  const path = ledgerPath(context);
  const ledger = new SqliteLedger(path);
  // The libraries for bars and tables take longer to load than a small collection does.
  const { Progress } = output.showsProgress ? await import('../collect/progress.ts') : {};
  const progress = Progress && new Progress(output, targets.length);
  try {
    const deletes = invocation.get(deleteFlag) || invocation.get(deleteAfterFlag) !== undefined;
    if (deletes && isTemporaryFileSystem(path)) {
      output.warn(
        `the ledger ${path} is on a file system that a restart empties, and mail is to be deleted: choose another --ledger`,
      );
    }
    const jobs: AccountJob[] = [];
    const plans = new Map<string, Planned>();
    const passwords: DestinationPasswords = new Map();
    // One after the other: each may ask for its password.
    for (const target of targets) {
      const onEvent = (event: CollectEvent): void => {
        if (event.type === 'planned') plans.set(target.label, event);
        progress?.take(target.label, event);
        reportEvent(output, target.label, event, targets.length > 1);
      };
      jobs.push(await collectJob(context, target, { ledger, onEvent, passwords }));
    }
    const outcomes = await collectAll(jobs, { jobs: invocation.get(jobsFlag) ?? 8 });
    progress?.end();
    const summaries = outcomes.map((outcome, index) => {
      const label = targets[index]?.label ?? outcome.account;
      return summarize(outcome, jobs[index], label, plans.get(label));
    });
    return await finish(context, summaries);
  } finally {
    progress?.end();
    await ledger.close();
  }
}

type Planned = Extract<CollectEvent, { type: 'planned' }>;

async function finish(context: Context, summaries: readonly Summary[]): Promise<number> {
  const { output } = context;
  for (const { json, error } of summaries) {
    if (output.json) output.printJsonLine(json);
    if (error === undefined) continue;
    const failure = describeFailure(error);
    output.error(failure.sentence, failure.hint);
    if (failure.exitCode === exitCode.bug && output.verbose && error instanceof Error)
      output.debug(error.stack ?? '');
  }
  if (!output.json && summaries.length === 1) {
    for (const { sentence } of summaries) output.print(sentence);
  } else if (!output.json) {
    const columns = [
      { title: 'Account' },
      { title: 'New', align: 'right' },
      { title: 'Failed', align: 'right' },
      { title: '', shrinksTo: 20 },
    ] as const;
    const rows = summaries.map(({ account, retrieved, failed, sentence }) => [
      account,
      String(retrieved),
      String(failed),
      sentence,
    ]);
    const { formatTable } = await import('../output/table.ts');
    output.printPainted(formatTable(columns, rows, { columns: output.columns, paint: output.paint }));
  }
  context.io.signal.throwIfAborted();
  const [only] = summaries;
  if (summaries.length === 1 && only?.error !== undefined) return describeFailure(only.error).exitCode;
  return summaries.every(({ good }) => good) ? exitCode.done : exitCode.someFailed;
}

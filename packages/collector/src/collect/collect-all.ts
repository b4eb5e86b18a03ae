import { collect } from './collect.ts';
import type { CollectOptions, CollectResult } from './options.ts';

/** One of many accounts. */
export interface AccountJob {
  /** The host that it is on: at most two sessions a host at a time. */
  readonly host: string;
  readonly options: CollectOptions;
}

/** How one of many accounts went. `result` is undefined where it could not even be begun: `error` says why. */
export interface AccountOutcome {
  readonly account: string;
  readonly result: CollectResult | undefined;
  readonly error?: unknown;
}

/** How many accounts are collected. */
export interface CollectAllOptions {
  /** How many at once; 8 by default. At most two of them on one host. */
  readonly jobs?: number | undefined;
  /** Told how each account went, as soon as it is known. It must not throw. */
  readonly onOutcome?: ((job: AccountJob, outcome: AccountOutcome) => void) | undefined;
}

const perHost = 2;

/** Collects many accounts, several at once. One that fails does not harm the others. */
export async function collectAll(
  jobs: readonly AccountJob[],
  { jobs: limit = 8, onOutcome }: CollectAllOptions = {},
): Promise<AccountOutcome[]> {
  const outcomes = new Map<AccountJob, AccountOutcome>();
  const waiting = [...jobs];
  const busy = new Map<string, number>();
  const worker = async (): Promise<void> => {
    for (;;) {
      const index = waiting.findIndex(({ host }) => (busy.get(host.toLowerCase()) ?? 0) < perHost);
      const [job] = index < 0 ? [] : waiting.splice(index, 1);
      if (job === undefined) {
        if (waiting.length === 0) return;
        await Promise.race(running);
        continue;
      }
      const host = job.host.toLowerCase();
      busy.set(host, (busy.get(host) ?? 0) + 1);
      const run = runJob(job).then((outcome) => {
        outcomes.set(job, outcome);
        onOutcome?.(job, outcome);
        busy.set(host, (busy.get(host) ?? 1) - 1);
        running.delete(run);
      });
      running.add(run);
      await run;
    }
  };
  const running = new Set<Promise<void>>();
  await Promise.all(Array.from({ length: Math.min(limit >= 1 ? limit : 1, jobs.length) }, worker));
  return jobs.map((job) => outcomes.get(job) ?? { account: job.options.account, result: undefined });
}

async function runJob({ options }: AccountJob): Promise<AccountOutcome> {
  try {
    return { account: options.account, result: await collect(options) };
  } catch (error) {
    return { account: options.account, result: undefined, error };
  }
}

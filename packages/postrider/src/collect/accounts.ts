import { type AccountJob, type CollectEvent, collectAll, type Ledger } from '@postrider/collector';
import type { Target } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { describeFailure, exitCode } from '../failure/index.ts';
import { jobsFlag } from '../flag/collect.ts';
import { ledgerWords } from '../ledger/open-ledger.ts';
import type { DestinationPasswords } from './destinations.ts';
import { boundHeap } from './heap-bound.ts';
import { collectJob, inSession } from './job.ts';
import { Progress } from './progress.ts';
import { reportEvent } from './report.ts';
import { type Planned, type Summary, summarize } from './summary.ts';

/** Collects accounts, and tells of each how it goes and how it went. */
export class AccountCollection {
  readonly #context: Context;
  readonly #targets: readonly Target[];
  readonly #ledger: Ledger;
  readonly #progress: Progress;
  readonly #planned = new Map<Target, Planned>();
  /** Those of which messages were set aside. */
  readonly #setAside = new Set<Target>();
  /** How many messages the last session could not tell from others. */
  readonly #unidentified = new Map<Target, number>();
  readonly #jobs = new Map<AccountJob, { readonly target: Target; readonly where: string }>();
  readonly #summaries = new Map<Target, Summary>();

  constructor(context: Context, targets: readonly Target[], ledger: Ledger) {
    this.#context = context;
    this.#targets = targets;
    this.#ledger = ledger;
    this.#progress = new Progress(context.output, targets.length);
  }

  /** What is to be done for each. May ask for passwords, one after the other. */
  async prepare(): Promise<readonly AccountJob[]> {
    const passwords: DestinationPasswords = new Map();
    for (const target of this.#targets) {
      const onEvent = (event: CollectEvent): void => this.#take(target, event);
      try {
        const { job, where } = await collectJob(this.#context, target, {
          ledger: this.#ledger,
          onEvent,
          passwords,
        });
        this.#jobs.set(job, { target, where });
      } catch (error) {
        // Of several accounts, one that is set up wrongly must not keep the others waiting; a person who leaves wants none of them.
        const leaves = describeFailure(error).exitCode === exitCode.interrupted;
        if (this.#targets.length === 1 || leaves) throw error;
        this.#end(target, summarize(target.label, { result: undefined, error }, undefined, undefined));
      }
    }
    return [...this.#jobs.keys()];
  }

  /** Collects what was prepared. Gives how each account went, in their order. */
  async run(): Promise<readonly Summary[]> {
    const stopWatching = boundHeap();
    try {
      await collectAll([...this.#jobs.keys()], {
        jobs: this.#context.invocation.get(jobsFlag) ?? 8,
        onOutcome: (job, { result, error = result?.error }) => {
          const { target, where } = this.#jobs.get(job) ?? {};
          if (target === undefined || where === undefined) return;
          const outcome = { result, error: inSession(where, error) };
          this.#end(target, summarize(target.label, outcome, job, this.#planned.get(target)));
        },
      });
    } finally {
      stopWatching();
      this.#progress.end();
    }
    return this.#targets.flatMap((target) => this.#summaries.get(target) ?? []);
  }

  #take(target: Target, event: CollectEvent): void {
    if (event.type === 'planned') {
      this.#planned.set(target, event);
      this.#unidentified.delete(target);
    }
    if (event.type === 'skipped' && event.reason === 'unidentified')
      this.#unidentified.set(target, (this.#unidentified.get(target) ?? 0) + 1);
    if (event.type === 'failed' && event.setAside) this.#setAside.add(target);
    this.#progress.take(target.label, event);
    reportEvent(this.#context.output, target.label, event, this.#targets.length > 1);
  }

  #end(target: Target, summary: Summary): void {
    const { output } = this.#context;
    this.#summaries.set(target, summary);
    this.#progress.finish();
    if (this.#targets.length === 1) this.#progress.end();
    const label = this.#targets.length > 1 ? `${target.label}: ` : '';
    const unidentified = this.#unidentified.get(target) ?? 0;
    if (unidentified > 0 && !output.json) {
      const messages = unidentified === 1 ? '1 message stays' : `${unidentified} messages stay`;
      output.warn(`${label}${messages} on the server, having no unique-id, and no header that can be read`);
    }
    if (output.json) output.printJsonLine(summary.json);
    else if (this.#setAside.has(target)) {
      const words = ledgerWords(this.#context, target);
      output.hint(`What is set aside is not fetched again, until you run: postrider ledger retry ${words}`);
    }
    const { failure, error } = summary;
    // That was the user, who knows; it is said once, at the end.
    if (failure === undefined || failure.exitCode === exitCode.interrupted) return;
    output.error(`${label}${failure.sentence}`, failure.hint);
    if (failure.exitCode === exitCode.bug && output.verbose && error instanceof Error)
      output.debug(error.stack ?? '');
  }
}

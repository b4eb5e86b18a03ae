import type { Pop3Client } from '@postrider/pop3';
import type { AccountLedger } from '../ledger/index.ts';
import { headerMark, type LedgerRecord, type Plan, type Retrieval } from '../plan/index.ts';
import { Deleter, type DeletionTarget } from './delete.ts';
import type { CollectListener } from './event.ts';
import { judgeFailure, type MessageFailure } from './failed-message.ts';
import { type CommittedMessage, GroupCommit } from './group-commit.ts';
import { makePlan } from './make-plan.ts';
import type { CollectOptions, FailedMessage, SkippedMessage } from './options.ts';
import { resolveDoubts } from './recover.ts';
import { retrieveAll } from './retrieve.ts';
import type { RunState } from './run-state.ts';

/** What one session did. It is filled as things happen, so that it is right also where the session breaks. */
export interface SessionTally {
  retrieved: number;
  octets: number;
  known: number;
  deleted: number;
  undeleted: number;
  skipped: number;
  readonly failed: FailedMessage[];
}

export function emptyTally(): SessionTally {
  return { retrieved: 0, octets: 0, known: 0, deleted: 0, undeleted: 0, skipped: 0, failed: [] };
}

/**
 * One session: listings, plan, retrieval, delivery, record, deletion, QUIT, in the order that loses nothing and brings nothing twice.
 *
 * @throws what ended the session: a Pop3Error, a DestinationError, a LedgerError, or the signal's reason. Whatever was delivered until
 * then is recorded.
 */
export async function collectSession(
  client: Pop3Client,
  ledger: AccountLedger,
  options: CollectOptions,
  run: RunState,
  tally: SessionTally,
): Promise<void> {
  await new CollectSession(client, ledger, options, run, tally).run();
}

const reportedOctets = 65_536;

class CollectSession {
  readonly #client: Pop3Client;
  readonly #ledger: AccountLedger;
  readonly #options: CollectOptions;
  readonly #run: RunState;
  readonly #tally: SessionTally;
  readonly #deleter: Deleter;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  readonly #emit: CollectListener;
  // What is recorded at the end of the session.
  readonly #records: LedgerRecord[] = [];
  #received = 0;
  #octets = 0;
  #reported = 0;

  constructor(
    client: Pop3Client,
    ledger: AccountLedger,
    options: CollectOptions,
    run: RunState,
    tally: SessionTally,
  ) {
    this.#client = client;
    this.#ledger = ledger;
    this.#options = options;
    this.#run = run;
    this.#tally = tally;
    this.#signal = options.signal ?? new AbortController().signal;
    this.#now = options.now ?? Date.now;
    this.#emit = options.onEvent ?? (() => {});
    this.#deleter = new Deleter(client, ledger, run, this.#now, this.#emit);
  }

  async run(): Promise<void> {
    const plan = await makePlan(this.#client, this.#ledger, this.#options, this.#run);
    this.#announce(plan);
    if (this.#options.dryRun === true) {
      await this.#client.quit();
      return;
    }
    await this.#ledger.commit(this.#bookkeeping(plan));
    if (plan.confirmed > 0) {
      this.#tally.deleted += plan.confirmed;
      this.#emit({ type: 'deleted', messages: plan.confirmed });
    }
    const wake = this.#keepAwake();
    try {
      await this.#retrieve(plan);
      await this.#deleter.request(plan.delete);
      this.#tally.known -= this.#deleter.others;
      if (this.#deleter.others > 0) this.#run.lookAgain();
    } finally {
      clearInterval(wake);
      await this.#recordRest();
    }
    const { confirmed, refused } = await this.#deleter.quit();
    this.#tally.deleted += confirmed;
    this.#tally.undeleted += refused;
  }

  *#bookkeeping(plan: Plan): Generator<LedgerRecord, void, undefined> {
    yield { type: 'listing', complete: plan.complete, at: this.#now() };
    yield* plan.bookkeeping;
  }

  #announce(plan: Plan): void {
    const { retrieve, known } = plan;
    for (const note of plan.notes) this.#emit({ type: 'note', note });
    this.#tally.known = known.length + plan.delete.length;
    this.#emit({
      type: 'planned',
      messages:
        retrieve.length +
        known.length +
        plan.delete.length +
        plan.noted.length +
        plan.skipped.length +
        plan.setAside.length,
      retrieve: retrieve.length,
      octets: retrieve.octets,
      known: this.#tally.known,
      delete: plan.delete.length,
    });
    this.#run.leavesUnidentified = false;
    for (const message of plan.skipped) this.#skip(message);
    // Only a first run says so; later ones would repeat it for ever.
    for (const messageNumber of this.#ledger.firstRun ? plan.noted : [])
      this.#skip({ messageNumber, uniqueId: undefined, octets: undefined, reason: 'noted' });
    for (const { messageNumber, uniqueId, octets, reason } of plan.setAside) {
      this.#fail({ messageNumber, uniqueId, octets, reason, setAside: true });
    }
  }

  #skip(message: SkippedMessage): void {
    this.#tally.skipped++;
    if (message.reason === 'unidentified') this.#run.leavesUnidentified = true;
    this.#emit({ type: 'skipped', ...message });
  }

  async #retrieve(plan: Plan): Promise<void> {
    const { wanted, lacking, home, delivered, held } = await resolveDoubts(
      plan.retrieve,
      this.#options,
      this.#run,
    );
    if (delivered.length > 0) await this.#ledger.commit(delivered);
    this.#tally.known += home.length;
    for (const retrieval of lacking) this.#lacking(retrieval);
    this.#deleter.requestSoon(home.filter(({ thenDelete }) => thenDelete).map(markedTarget));
    const { retrieve, leave } = this.#run.arrange(wanted);
    // That is no fault of the message.
    for (const { retrieval, reason } of held) this.#failMessage(retrieval, reason, true);
    const heldBack = new Set(held.map(({ retrieval }) => retrieval.messageNumber));
    for (const { retrieval, reason } of leave) this.#failMessage(retrieval, reason);
    await this.#retrieveAll(retrieve, heldBack);
    await this.#deleter.settle();
  }

  async #retrieveAll(wanted: Iterable<Retrieval>, heldBack: ReadonlySet<number>): Promise<void> {
    const { account } = this.#options;
    const destinations = this.#run.usable(this.#options.destinations);
    const commit = new GroupCommit({
      ledger: this.#ledger,
      destinations,
      isElsewhere: (retrieval) =>
        this.#run.isWhereverLeftOut(retrieval) && !heldBack.has(retrieval.messageNumber),
      now: this.#now,
      onBroken: (retrieval, reason) => this.#run.broke(retrieval, reason),
      onUnrecorded: (records) => this.#run.unrecorded.push(...records),
      onCommitted: (messages) => this.#committed(messages),
    });
    const failures: { readonly retrieval: Retrieval; readonly failure: MessageFailure }[] = [];
    try {
      await retrieveAll(wanted, {
        client: this.#client,
        account,
        destinations,
        commit,
        signal: this.#signal,
        onOctets: (octets) => {
          this.#octets += octets;
          // Octets come in pieces of a line or two: who watches does not want to hear of each.
          if (this.#octets - this.#reported >= reportedOctets) this.#progress();
        },
        onReceived: () => {
          this.#received++;
          this.#progress();
        },
        onFailed: (retrieval, failure) => failures.push({ retrieval, failure }),
        onOther: (retrieval) => this.#leaveOther(retrieval),
        onBroken: (retrieval, reason) => this.#run.broke(retrieval, reason),
      });
    } finally {
      // A server that gives none of several has some trouble of its own.
      const blameless = failures.length > 1 && this.#received === 0;
      for (const { retrieval, failure } of failures)
        this.#failMessage(retrieval, failure.reason, blameless || failure.transient);
      // Also after a failure: what came whole is worth keeping.
      await commit.settle();
      await this.#deleter.settle();
    }
  }

  // To the ledger, the one that it knows is not there any more.
  #leaveOther({ key }: Retrieval): void {
    this.#records.push({ type: 'vanished', key, at: this.#now() });
    this.#run.lookAgain();
  }

  #progress(): void {
    this.#reported = this.#octets;
    this.#emit({ type: 'progress', messages: this.#received, octets: this.#octets });
  }

  #committed(messages: readonly CommittedMessage[]): void {
    const toDelete: { messageNumber: number; key: string }[] = [];
    for (const { incoming, repeated, complete, failure } of messages) {
      const { retrieval, octets } = incoming;
      const { messageNumber, uniqueId, key } = retrieval;
      if (failure !== undefined) {
        this.#failMessage(retrieval, failure.message, failure.transient);
        continue;
      }
      if (!complete) {
        // One that is held back from a destination was told of before.
        if (!this.#run.isWhereverLeftOut(retrieval)) this.#lacking(retrieval);
        continue;
      }
      this.#tally.retrieved++;
      this.#tally.octets += octets;
      this.#emit({ type: 'delivered', messageNumber, uniqueId, octets, repeated });
      if (retrieval.thenDelete) toDelete.push({ messageNumber, key });
    }
    this.#deleter.requestSoon(toDelete);
  }

  #lacking(retrieval: Retrieval): void {
    const { messageNumber, uniqueId, octets } = retrieval;
    if (this.#run.lacksLeftOut(retrieval))
      this.#emit({ type: 'incomplete', messageNumber, uniqueId, octets });
  }

  #failMessage(retrieval: Retrieval, reason: string, transient = false): void {
    const failure = { reason, transient };
    const { record, failed } = judgeFailure(retrieval, failure, this.#run, this.#options);
    if (record !== undefined) this.#records.push(record);
    this.#fail(failed);
  }

  #fail(message: FailedMessage): void {
    this.#tally.failed.push(message);
    this.#emit({ type: 'failed', ...message });
  }

  async #recordRest(): Promise<void> {
    const records = this.#records.splice(0);
    if (records.length > 0) await this.#ledger.commit(records);
  }

  // Servers end sessions that are idle for a minute (Outlook), and a slow disk must not cost the session.
  #keepAwake(): NodeJS.Timeout {
    let last = -1;
    return setInterval(() => {
      if (last === this.#octets && this.#client.state === 'TRANSACTION') this.#client.noop().catch(() => {});
      last = this.#octets;
    }, 25_000);
  }
}

// It came home in an earlier session.
function markedTarget({ messageNumber, key, headerHash }: Retrieval): DeletionTarget {
  return { messageNumber, key, headerMark: headerMark(headerHash) };
}

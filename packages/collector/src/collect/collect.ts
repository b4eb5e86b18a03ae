import { setTimeout as sleep } from 'node:timers/promises';
import { isPop3Error, type Pop3Client } from '@postrider/pop3';
import { DestinationError } from '../destination/index.ts';
import { isCollectorError } from '../failure/index.ts';
import type { AccountLedger } from '../ledger/index.ts';
import { checkOptions } from './check-options.ts';
import { judgeFailure } from './failed-message.ts';
import type { CollectOptions, CollectResult } from './options.ts';
import { RunState } from './run-state.ts';
import { collectSession, emptyTally, type SessionTally } from './session.ts';

// Servers that list only a part of what there is. Its next session lists the next part.
const partialListings = /(?:^|\.)(?:gmail|googlemail)\.com$/i;
const longestPause = 300_000;

/**
 * Collects one account: sessions, one after the other, until everything is done. A session that breaks for a transient reason, or at one message, is
 * tried again; what was recorded meanwhile is not done twice.
 *
 * Never rejects for what happens on the way; `error` and `result` tell. It rejects with a LedgerError where the account's ledger cannot be
 * opened, and with a TypeError where the options make no sense.
 */
export async function collect(options: CollectOptions): Promise<CollectResult> {
  const { account, ledger, now = Date.now } = options;
  checkOptions(options);
  const opened = await ledger.openAccount(account);
  const startedAt = now();
  try {
    const result = await new Run(opened, options).finish();
    if (options.dryRun === true) return result;
    try {
      await opened.recordRun({
        startedAt,
        endedAt: now(),
        result: result.result,
        retrieved: result.retrieved,
        octets: result.octets,
        deleted: result.deleted,
        failed: result.failed.length,
        message: result.error instanceof Error ? result.error.message : undefined,
      });
      return result;
    } catch (error) {
      return { ...result, result: 'failed', error: result.error ?? error };
    }
  } finally {
    await opened.close();
  }
}

class Run {
  readonly #ledger: AccountLedger;
  readonly #options: CollectOptions;
  readonly #signal: AbortSignal;
  readonly #state = new RunState();
  readonly #total = emptyTally();
  #destinationsOpen = false;

  constructor(ledger: AccountLedger, options: CollectOptions) {
    this.#ledger = ledger;
    this.#options = options;
    this.#signal = options.signal ?? new AbortController().signal;
  }

  async finish(): Promise<CollectResult> {
    const total = this.#total;
    const state = this.#state;
    const told = (): Omit<CollectResult, 'result'> => ({ ...total, incomplete: state.incomplete });
    try {
      await this.#sessions();
      const partial = total.failed.length > 0 || total.undeleted > 0 || state.leavesUnidentified;
      return { ...told(), result: partial ? 'partial' : 'done' };
    } catch (error) {
      // Why that fails is told already.
      await this.#recordLate().catch(() => {});
      if (this.#signal.aborted) return { ...told(), result: 'interrupted', error };
      const unrecorded = await this.#recordBlame();
      return { ...told(), result: 'failed', error: unrecorded ?? error };
    } finally {
      await this.#closeDestinations();
    }
  }

  async #sessions(): Promise<void> {
    const { retries = 2, retryDelay = 2000, onEvent } = this.#options;
    for (let tries = 0; ; ) {
      const tally = emptyTally();
      let failure: { readonly error: unknown; readonly broke: boolean } | undefined;
      const { breaks } = this.#state;
      try {
        if (!(await this.#session(tally))) return this.#endSessions();
      } catch (error) {
        failure = { error, broke: this.#state.breaks > breaks };
      } finally {
        add(this.#total, tally);
      }
      let pause = this.#state.loginDelay * 1000;
      if (failure !== undefined) {
        const { error, broke } = failure;
        pause = Math.max(pause, retryDelay * 2 ** tries);
        const hopeless = !(broke || isTransient(error)) || isLoginDelay(error) || pause > longestPause;
        if (this.#signal.aborted) throw error;
        if (tries >= retries || hopeless) {
          // The others must not wait for it.
          if (!this.#leaveOut(error)) throw error;
          tries = 0;
          // The server has to notice that the session has ended.
          pause = Math.max(this.#state.loginDelay * 1000, retryDelay);
        } else {
          tries++;
          onEvent?.({ type: 'retry', error, delay: pause });
        }
        // It may have lost its own connection.
        if (error instanceof DestinationError) await this.#closeDestinations();
      }
      // Somebody would have to wait for longer than anybody would: the next run is soon enough.
      if (pause > longestPause) return this.#endSessions();
      if (pause > 0) await sleep(pause, undefined, { signal: this.#signal });
    }
  }

  /** Everything is done that could be done. */
  #endSessions(): void {
    const [error] = this.#state.leftOut.values();
    if (error !== undefined) throw error;
  }

  /** Goes on without a destination that cannot be delivered to, where there are others; false: there are none. */
  #leaveOut(error: unknown): boolean {
    if (!(error instanceof DestinationError) || error.scope !== 'destination') return false;
    const { destinations, onEvent } = this.#options;
    const usable = this.#state.usable(destinations);
    if (usable.length < 2 || !usable.some(({ name }) => name === error.destination)) return false;
    this.#state.leftOut.set(error.destination, error);
    onEvent?.({ type: 'destination-failed', error });
    return true;
  }

  /** One session; true: another one should follow. */
  async #session(tally: SessionTally): Promise<boolean> {
    const options = this.#options;
    const signal = this.#signal;
    signal.throwIfAborted();
    this.#state.looksAgain = false;
    await this.#recordLate();
    await this.#openDestinations();
    const client = await options.login(signal);
    const abort = (): void => client.destroy(signal.reason instanceof Error ? signal.reason : undefined);
    signal.addEventListener('abort', abort);
    try {
      signal.throwIfAborted();
      await collectSession(client, this.#ledger, options, this.#state, tally);
    } finally {
      this.#state.loginDelay = client.capabilities?.loginDelay ?? 0;
      signal.removeEventListener('abort', abort);
      await client[Symbol.asyncDispose]();
    }
    return wantsAnother(client, options, tally, this.#state);
  }

  // A destination that cannot be asked would get the message again.
  async #recordLate(): Promise<void> {
    const { unrecorded } = this.#state;
    if (unrecorded.length === 0) return;
    await this.#ledger.commit(unrecorded);
    unrecorded.length = 0;
  }

  async #openDestinations(): Promise<void> {
    if (this.#destinationsOpen || this.#options.dryRun === true) return;
    this.#destinationsOpen = true;
    for (const destination of this.#state.usable(this.#options.destinations)) await destination.open();
  }

  async #closeDestinations(): Promise<void> {
    if (!this.#destinationsOpen) return;
    this.#destinationsOpen = false;
    // What was delivered is durable already, so nothing depends on how this goes.
    await Promise.allSettled(this.#options.destinations.map(async (destination) => destination.close()));
  }

  /** Counts the message that the run ended at, where it is likely that it was its fault. Gives what kept it from being recorded. */
  async #recordBlame(): Promise<unknown> {
    const blamed = this.#state.blamed(this.#total.retrieved);
    if (blamed === undefined) return undefined;
    const { retrieval, reason } = blamed;
    const { record, failed } = judgeFailure(retrieval, { reason }, this.#state, this.#options);
    try {
      if (record !== undefined) await this.#ledger.commit([record]);
    } catch (error) {
      return error;
    }
    this.#total.failed.push(failed);
    this.#options.onEvent?.({ type: 'failed', ...failed });
    return undefined;
  }
}

function wantsAnother(
  client: Pop3Client,
  options: CollectOptions,
  { retrieved }: SessionTally,
  { looksAgain }: RunState,
): boolean {
  const { untilNothingNew = partialListings.test(client.endpoint.host), limit, dryRun } = options;
  if (dryRun === true || limit !== undefined) return false;
  return looksAgain || (untilNothingNew && retrieved > 0);
}

// Whoever logs in may say more about where that failed, around what the library threw.
function rootOf(error: unknown): unknown {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (isPop3Error(one) || isCollectorError(one)) return one;
  }
  return error;
}

function isTransient(error: unknown): boolean {
  const root = rootOf(error);
  return (isPop3Error(root) || isCollectorError(root)) && root.transient;
}

// The server wants us later, and does not say when.
function isLoginDelay(error: unknown): boolean {
  const root = rootOf(error);
  if (!isPop3Error(root) || !('responseCode' in root)) return false;
  const { responseCode } = root;
  return (
    typeof responseCode === 'object' &&
    responseCode !== null &&
    'code' in responseCode &&
    responseCode.code === 'LOGIN-DELAY'
  );
}

// What a later session found counts; what it had to repeat does not count twice.
function add(total: SessionTally, tally: SessionTally): void {
  const { retrieved, octets, known, deleted, undeleted, failed, skipped } = tally;
  total.known = Math.max(total.known, known - total.retrieved);
  total.retrieved += retrieved;
  total.octets += octets;
  total.deleted += deleted;
  total.undeleted = undeleted;
  total.skipped = skipped;
  const numbers = new Set(failed.map(({ uniqueId, messageNumber }) => uniqueId ?? String(messageNumber)));
  const earlier = total.failed.filter(
    ({ uniqueId, messageNumber }) => !numbers.has(uniqueId ?? String(messageNumber)),
  );
  replace(total.failed, [...earlier, ...failed]);
}

// One by one: no call takes a hundred thousand arguments for certain.
function replace<T>(list: T[], values: readonly T[]): void {
  list.length = 0;
  for (const value of values) list.push(value);
}

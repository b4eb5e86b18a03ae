import { setTimeout as sleep } from 'node:timers/promises';
import { isPop3Error, type Pop3Client } from '@postrider/pop3';
import { isCollectorError } from '../failure/index.ts';
import type { AccountLedger } from '../ledger/index.ts';
import type { CollectOptions, CollectResult } from './options.ts';
import { collectSession, emptyTally, type SessionTally } from './session.ts';

// Servers that list only a part of what there is. Its next session lists the next part.
const partialListings = /(?:^|\.)(?:gmail|googlemail)\.com$/i;
const longestPause = 300_000;

/**
 * Collects one account: sessions, one after the other, until everything is done. A session that breaks for a transient reason is tried again; what
 * was recorded meanwhile is not done twice.
 *
 * Never rejects for what happens on the way; `error` and `result` tell. It rejects with a LedgerError where the account's ledger cannot be
 * opened.
 */
export async function collect(options: CollectOptions): Promise<CollectResult> {
  const { account, ledger, destinations, now = Date.now } = options;
  if (destinations.length === 0) throw new TypeError('at least one destination is needed');
  const opened = await ledger.openAccount(account);
  const startedAt = now();
  try {
    const result = await collectOpened(opened, options);
    if (options.dryRun !== true) {
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
    }
    return result;
  } finally {
    await opened.close();
  }
}

async function collectOpened(ledger: AccountLedger, options: CollectOptions): Promise<CollectResult> {
  const total = emptyTally();
  let tries = options.retries ?? 2;
  let delay = options.retryDelay ?? 2000;
  try {
    if (options.dryRun !== true) for (const destination of options.destinations) await destination.open();
    for (;;) {
      const tally = emptyTally();
      try {
        const again = await oneSession(ledger, options, tally);
        add(total, tally);
        if (!again) break;
      } catch (error) {
        add(total, tally);
        if (tries === 0 || options.signal?.aborted || !isTransient(error)) throw error;
        tries--;
        options.onEvent?.({ type: 'retry', error, delay });
        await sleep(delay, undefined, { signal: options.signal });
        delay *= 2;
      }
    }
    return { ...total, result: total.failed.length > 0 ? 'partial' : 'done' };
  } catch (error) {
    return { ...total, result: options.signal?.aborted ? 'interrupted' : 'failed', error };
  } finally {
    if (options.dryRun !== true) for (const destination of options.destinations) await destination.close();
  }
}

/** One session; true: another one should follow. */
async function oneSession(
  ledger: AccountLedger,
  options: CollectOptions,
  tally: SessionTally,
): Promise<boolean> {
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const client = await options.login(signal);
  const abort = (): void => client.destroy(signal.reason instanceof Error ? signal.reason : undefined);
  signal.addEventListener('abort', abort);
  try {
    await collectSession(client, ledger, options, tally);
  } finally {
    signal.removeEventListener('abort', abort);
    await client[Symbol.asyncDispose]();
  }
  return wantsAnother(client, options, tally);
}

async function wantsAnother(
  client: Pop3Client,
  options: CollectOptions,
  tally: SessionTally,
): Promise<boolean> {
  const { untilNothingNew = partialListings.test(client.endpoint.host), limit, dryRun, signal } = options;
  if (!untilNothingNew || dryRun === true || limit !== undefined || tally.retrieved === 0) return false;
  const pause = (client.capabilities?.loginDelay ?? 0) * 1000;
  // Somebody would have to wait for longer than anybody would: the next run is soon enough.
  if (pause > longestPause) return false;
  if (pause > 0) await sleep(pause, undefined, { signal });
  return true;
}

function isTransient(error: unknown): boolean {
  return (isPop3Error(error) || isCollectorError(error)) && error.transient;
}

// What a later session found counts; what it had to repeat does not count twice.
function add(
  total: SessionTally,
  { retrieved, octets, known, deleted, failed, skipped }: SessionTally,
): void {
  total.known = Math.max(0, known - total.retrieved);
  total.retrieved += retrieved;
  total.octets += octets;
  total.deleted += deleted;
  const numbers = new Set(failed.map(({ uniqueId, messageNumber }) => uniqueId ?? String(messageNumber)));
  const earlier = total.failed.filter(
    ({ uniqueId, messageNumber }) => !numbers.has(uniqueId ?? String(messageNumber)),
  );
  total.failed.splice(0, total.failed.length, ...earlier, ...failed);
  total.skipped.splice(0, total.skipped.length, ...skipped);
}

import type { LedgerRecord, Retrieval } from '../plan/index.ts';
import type { CollectOptions, FailedMessage } from './options.ts';
import type { RunState } from './run-state.ts';

/** Why a message failed. */
export interface MessageFailure {
  readonly reason: string;
  /** It may go well later, without any change: it does not count against the message. */
  readonly transient?: boolean | undefined;
}

/** What a failure means for its message: what the ledger is to know of it, where it is the first of this run, and what the user is told. */
export function judgeFailure(
  retrieval: Retrieval,
  { reason, transient = false }: MessageFailure,
  run: RunState,
  { setAsideAfter = 3, now = Date.now }: CollectOptions,
): { readonly record: LedgerRecord | undefined; readonly failed: FailedMessage } {
  const { messageNumber, uniqueId, octets, key, headerHash, failures } = retrieval;
  const message = { key, uniqueId, octets, headerHash };
  const at = now();
  const failed = { messageNumber, uniqueId, octets, reason, setAside: false };
  if (transient) return { record: { type: 'deferred', message, reason, at }, failed };
  const counts = run.isFirstFailure(retrieval);
  // The plan of a later session of the run counts this run's failure already.
  const setAside = failures + (counts ? 1 : 0) >= setAsideAfter;
  return {
    record: counts ? { type: setAside ? 'set-aside' : 'failed', message, reason, at } : undefined,
    failed: { ...failed, setAside },
  };
}

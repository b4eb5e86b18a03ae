import type { LedgerRecord, Retrieval } from '../plan/index.ts';
import type { CollectOptions, FailedMessage } from './options.ts';
import type { RunState } from './run-state.ts';

/** What a failure means for its message: what the ledger is to know of it, where it is the first of this run, and what the user is told. */
export function judgeFailure(
  retrieval: Retrieval,
  reason: string,
  run: RunState,
  { setAsideAfter = 3, now = Date.now }: CollectOptions,
): { readonly record: LedgerRecord | undefined; readonly failed: FailedMessage } {
  const { messageNumber, uniqueId, octets, key, headerHash, failures } = retrieval;
  const counts = run.isFirstFailure(retrieval);
  // The plan of a later session of the run counts this run's failure already.
  const setAside = failures + (counts ? 1 : 0) >= setAsideAfter;
  const message = { key, uniqueId, octets, headerHash };
  return {
    record: counts ? { type: setAside ? 'set-aside' : 'failed', message, reason, at: now() } : undefined,
    failed: { messageNumber, uniqueId, octets, reason, setAside },
  };
}

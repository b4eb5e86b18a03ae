import { applyRecord } from '../../src/ledger/apply-record.ts';
import type { LedgerEntry, LedgerRecord, Plan, PlanInput } from '../../src/plan/index.ts';

export const day = 86_400_000;
export const now = 1_700_000_000_000;

/** An entry that was delivered a day ago, changed where a test says so. */
export function entry(uniqueId: string | undefined, changes: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    key: uniqueId === undefined ? `h:${changes.headerHash}` : `u:${uniqueId}`,
    uniqueId,
    octets: 100,
    headerHash: `header of ${uniqueId}`,
    state: 'delivered',
    receivedOctets: undefined,
    delivered: ['maildir:Mail'],
    delivering: [],
    failures: 0,
    reason: undefined,
    firstSeenAt: now - 2 * day,
    deliveredAt: now - day,
    deleteRequestedAt: undefined,
    vanishedAt: undefined,
    failedAt: undefined,
    ...changes,
  };
}

/** What a session sees: messages 1, 2, … with these unique-ids, of 100 octets unless said otherwise. */
export function input(
  uniqueIds: readonly string[],
  changes: Partial<PlanInput> & { readonly octets?: readonly number[] } = {},
): PlanInput {
  const { octets = [], ...rest } = changes;
  return {
    scan: uniqueIds.map((_, index) => ({ messageNumber: index + 1, octets: octets[index] ?? 100 })),
    uniqueIds: uniqueIds.map((uniqueId, index) => ({ messageNumber: index + 1, uniqueId })),
    messages: uniqueIds.length,
    entries: [],
    firstRun: false,
    now,
    ...rest,
  };
}

/** Which message-numbers are in which part of a plan; empty parts are left out. */
export function parts(plan: Plan): Record<string, readonly number[]> {
  const all: Record<string, readonly number[]> = {
    needHeaderHash: plan.needHeaderHash,
    retrieve: [...plan.retrieve].map(({ messageNumber }) => messageNumber),
    delete: [...plan.delete].map(({ messageNumber }) => messageNumber),
    known: [...plan.known],
    noted: [...plan.noted],
    skipped: [...plan.skipped].map(({ messageNumber }) => messageNumber),
    setAside: plan.setAside.map(({ messageNumber }) => messageNumber),
  };
  return Object.fromEntries(Object.entries(all).filter(([, numbers]) => numbers.length > 0));
}

/** A ledger in memory. */
export class Entries {
  readonly map = new Map<string, LedgerEntry>();

  commit(records: Iterable<LedgerRecord>): void {
    for (const record of records) {
      if (record.type === 'listing') continue;
      const key = 'message' in record ? record.message.key : record.key;
      const changed = applyRecord(this.map.get(key), record);
      if (changed === undefined) this.map.delete(key);
      else this.map.set(key, changed);
    }
  }
}

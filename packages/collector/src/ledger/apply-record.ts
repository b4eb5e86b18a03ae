import type { LedgerEntry, LedgerRecord, MessageIdentity } from '../plan/index.ts';
import { LedgerError } from './error.ts';

/**
 * What a record makes of an entry: the entry, or undefined where it is removed. `listing` records concern the account, not an entry.
 *
 * @throws LedgerError `ERR_COLLECT_LEDGER_RECORD` for what makes no sense, such as the deletion of what was not delivered.
 */
export function applyRecord(
  entry: LedgerEntry | undefined,
  record: Exclude<LedgerRecord, { type: 'listing' }>,
): LedgerEntry | undefined {
  switch (record.type) {
    case 'listed':
      return listed(entry, record.message, record.at);
    case 'noted':
      return entry ?? { ...create(record.message, record.at), state: 'noted' };
    case 'delivering': {
      const base = merge(entry, record.message, record.at);
      return { ...base, delivering: add(base.delivering, record.destination) };
    }
    case 'undelivered': {
      const base = merge(entry, record.message, record.at);
      return { ...base, delivering: base.delivering.filter((name) => name !== record.destination) };
    }
    case 'delivered': {
      const base = merge(entry, record.message, record.at);
      return {
        ...base,
        state: record.complete ? 'delivered' : base.state,
        delivered: add(base.delivered, record.destination),
        delivering: base.delivering.filter((name) => name !== record.destination),
        receivedOctets: record.receivedOctets ?? base.receivedOctets,
        deliveredAt: record.complete ? record.at : base.deliveredAt,
        failures: record.complete ? 0 : base.failures,
        reason: record.complete ? undefined : base.reason,
        failedAt: record.complete ? undefined : base.failedAt,
      };
    }
    case 'deferred':
      return { ...merge(entry, record.message, record.at), reason: record.reason, failedAt: record.at };
    case 'failed': {
      const base = merge(entry, record.message, record.at);
      return { ...base, ...failure(base, record) };
    }
    case 'set-aside': {
      const base = merge(entry, record.message, record.at);
      return { ...base, ...failure(base, record), state: 'set-aside' };
    }
    case 'delete-requested': {
      const base = need(entry, record.key);
      if (base.state !== 'delivered' && base.state !== 'gone') throw undelivered(record.key);
      return { ...base, deleteRequestedAt: record.at };
    }
    case 'gone': {
      const base = need(entry, record.key);
      if (base.state !== 'delivered' && base.state !== 'gone') throw undelivered(record.key);
      return { ...base, state: 'gone', deleteRequestedAt: base.deleteRequestedAt ?? record.at };
    }
    case 'vanished':
      return { ...need(entry, record.key), vanishedAt: record.at };
    case 'forget':
      return undefined;
    case 'retry': {
      const base = need(entry, record.key);
      return {
        ...base,
        state: base.state === 'set-aside' ? 'listed' : base.state,
        failures: 0,
        reason: undefined,
        failedAt: undefined,
      };
    }
    case 'adopt':
      return {
        ...need(entry, record.key),
        uniqueId: record.uniqueId,
        octets: record.octets,
        vanishedAt: undefined,
      };
  }
}

// A message that is back after its deletion is at home already.
function listed(entry: LedgerEntry | undefined, message: MessageIdentity, at: number): LedgerEntry {
  const base = merge(entry, message, at);
  return { ...base, state: base.state === 'gone' ? 'delivered' : base.state, vanishedAt: undefined };
}

function create(message: MessageIdentity, at: number): LedgerEntry {
  return {
    key: message.key,
    uniqueId: message.uniqueId,
    octets: message.octets,
    headerHash: message.headerHash,
    state: 'listed',
    receivedOctets: undefined,
    delivered: [],
    delivering: [],
    failures: 0,
    reason: undefined,
    failedAt: undefined,
    firstSeenAt: at,
    deliveredAt: undefined,
    deleteRequestedAt: undefined,
    vanishedAt: undefined,
  };
}

function failure(
  { failures }: LedgerEntry,
  { reason, at }: { readonly reason: string; readonly at: number },
): Pick<LedgerEntry, 'failures' | 'reason' | 'failedAt'> {
  return { failures: failures + 1, reason, failedAt: at };
}

function merge(entry: LedgerEntry | undefined, message: MessageIdentity, at: number): LedgerEntry {
  if (entry === undefined) return create(message, at);
  return {
    ...entry,
    uniqueId: message.uniqueId ?? entry.uniqueId,
    octets: message.octets ?? entry.octets,
    headerHash: message.headerHash ?? entry.headerHash,
  };
}

function add(names: readonly string[], name: string): readonly string[] {
  return names.includes(name) ? names : [...names, name];
}

function need(entry: LedgerEntry | undefined, key: string): LedgerEntry {
  if (entry !== undefined) return entry;
  throw new LedgerError(
    'ERR_COLLECT_LEDGER_RECORD',
    `there is no entry ${JSON.stringify(key)} in the ledger`,
  );
}

function undelivered(key: string): LedgerError {
  return new LedgerError(
    'ERR_COLLECT_LEDGER_RECORD',
    `${JSON.stringify(key)} was not delivered, so it must not be deleted`,
  );
}

import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { EntryState, LedgerEntry } from '../plan/index.ts';

/** A row of the table of entries: its columns in the order of {@link entryColumns}. An array takes half the time of an object. */
export type Row = Readonly<Record<number, unknown>>;

const states: ReadonlySet<string> = new Set(['listed', 'noted', 'delivered', 'set-aside', 'gone']);

/** The columns of an entry, in the order of {@link toColumns} and {@link toEntry}. */
export const entryColumns = [
  'key',
  'unique_id',
  'octets',
  'header_hash',
  'state',
  'received_octets',
  'delivered',
  'delivering',
  'failures',
  'reason',
  'first_seen_at',
  'delivered_at',
  'delete_requested_at',
  'vanished_at',
  'failed_at',
] as const;

/** Prepares a query for entries, which {@link toEntry} takes. `where` names which ones. */
export function selectEntries(database: DatabaseSync, where: string): StatementSync {
  const statement = database.prepare(`SELECT ${entryColumns.join(', ')} FROM entry WHERE ${where}`);
  statement.setReturnArrays(true);
  return statement;
}

export function toColumns(entry: LedgerEntry): SQLInputValue[] {
  return [
    entry.key,
    entry.uniqueId ?? null,
    entry.octets ?? null,
    entry.headerHash ?? null,
    entry.state,
    entry.receivedOctets ?? null,
    entry.delivered.join('\n'),
    entry.delivering.join('\n'),
    entry.failures,
    entry.reason ?? null,
    entry.firstSeenAt,
    entry.deliveredAt ?? null,
    entry.deleteRequestedAt ?? null,
    entry.vanishedAt ?? null,
    entry.failedAt ?? null,
  ];
}

export function toEntry(row: Row): LedgerEntry {
  return {
    key: text(row[0]) ?? '',
    uniqueId: text(row[1]),
    octets: number(row[2]),
    headerHash: text(row[3]),
    state: state(row[4]),
    receivedOctets: number(row[5]),
    delivered: names(row[6]),
    delivering: names(row[7]),
    failures: number(row[8]) ?? 0,
    reason: text(row[9]),
    firstSeenAt: number(row[10]) ?? 0,
    deliveredAt: number(row[11]),
    deleteRequestedAt: number(row[12]),
    vanishedAt: number(row[13]),
    failedAt: number(row[14]),
  };
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

// A state that nobody knows is one that must not be acted upon.
function state(value: unknown): EntryState {
  return typeof value === 'string' && isState(value) ? value : 'set-aside';
}

function isState(value: string): value is EntryState {
  return states.has(value);
}

const none: readonly string[] = [];
let latest: { readonly text: string; readonly names: readonly string[] } = { text: '', names: none };

// Destinations hold no line breaks. Nearly all entries have the same ones, so that one array does for all.
function names(value: unknown): readonly string[] {
  if (typeof value !== 'string' || value === '') return none;
  if (latest.text !== value) latest = { text: value, names: value.split('\n') };
  return latest.names;
}

import type { SQLInputValue } from 'node:sqlite';
import type { EntryState, LedgerEntry } from '../plan/index.ts';

/** A row of the database: columns by name. */
export type Row = Readonly<Record<string, unknown>>;

const states: ReadonlySet<string> = new Set(['listed', 'noted', 'delivered', 'set-aside', 'gone']);

/** The columns of an entry, in the order of {@link toColumns}. */
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
] as const;

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
  ];
}

export function toEntry(row: Row): LedgerEntry {
  return {
    key: text(row['key']) ?? '',
    uniqueId: partOf(text(row['key']), text(row['unique_id'])),
    octets: number(row['octets']),
    headerHash: text(row['header_hash']),
    state: state(row['state']),
    receivedOctets: number(row['received_octets']),
    delivered: names(row['delivered']),
    delivering: names(row['delivering']),
    failures: number(row['failures']) ?? 0,
    reason: text(row['reason']),
    firstSeenAt: number(row['first_seen_at']) ?? 0,
    deliveredAt: number(row['delivered_at']),
    deleteRequestedAt: number(row['delete_requested_at']),
    vanishedAt: number(row['vanished_at']),
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

// Nearly every key ends in the unique-id: what they share is held once.
function partOf(key: string | undefined, uniqueId: string | undefined): string | undefined {
  if (key === undefined || uniqueId === undefined || !key.endsWith(uniqueId)) return uniqueId;
  return key.slice(key.length - uniqueId.length);
}

const none: readonly string[] = [];
let latest: { readonly text: string; readonly names: readonly string[] } = { text: '', names: none };

// Destinations hold no line breaks. Nearly all entries have the same ones, so that one array does for all.
function names(value: unknown): readonly string[] {
  if (typeof value !== 'string' || value === '') return none;
  if (latest.text !== value) latest = { text: value, names: value.split('\n') };
  return latest.names;
}

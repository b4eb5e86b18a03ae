import type { Ledger, LedgerEntry, LedgerRecord } from '@postrider/collector';
import type { StateFormat, StateSection } from './state-file.ts';

/** What importing changed, or would change. */
export interface ImportResult {
  /** Messages that were fetched by the other program. */
  readonly messages: number;
  /** Of those, what the ledger did not have. */
  readonly added: number;
  /** What it had as delivered, or decided otherwise about. */
  readonly known: number;
  /** Named by the file, and not fetched whole: they will be fetched. */
  readonly unfetched: number;
}

/** How a section is imported. */
export interface ImportOptions {
  readonly ledger: Ledger | undefined;
  readonly account: string;
  readonly format: StateFormat;
  readonly dryRun: boolean;
  /** Milliseconds since 1970, for messages of which the file does not know when. */
  readonly now: number;
}

// A commit costs about as much for one record as for thousands, and holds them all in memory.
const together = 5000;

/** Makes the ledger know as delivered what another program has fetched. Doing it again changes nothing. */
export async function importSection(
  { fetched, unfetched }: StateSection,
  { ledger, account, format, dryRun, now }: ImportOptions,
): Promise<ImportResult> {
  const opened = dryRun ? undefined : await ledger?.openAccount(account);
  try {
    const existing = new Map<string, LedgerEntry>();
    for await (const entry of opened?.entries() ?? ledger?.entries(account) ?? []) {
      if (entry.uniqueId !== undefined) existing.set(entry.uniqueId, entry);
    }
    const unique = new Map(fetched.map((message) => [message.uniqueId, message]));
    let known = 0;
    const records: LedgerRecord[] = [];
    for (const { uniqueId, at = now, orElse } of unique.values()) {
      const wanted = isWanted(existing.get(uniqueId));
      if (!wanted) known++;
      for (const one of orElse === undefined ? [uniqueId] : [uniqueId, orElse]) {
        const entry = existing.get(one);
        if (!isWanted(entry)) continue;
        const message = { key: entry?.key ?? `u:${one}`, uniqueId: one, octets: undefined };
        records.push({ type: 'delivered', message, destination: `imported:${format}`, complete: true, at });
      }
    }
    for (let start = 0; start < records.length; start += together)
      await opened?.commit(records.slice(start, start + together));
    return { messages: unique.size, added: unique.size - known, known, unfetched };
  } finally {
    await opened?.close();
  }
}

// What was delivered, deleted, noted or set aside by us stays as it is.
function isWanted(entry: LedgerEntry | undefined): boolean {
  return entry === undefined || entry.state === 'listed';
}

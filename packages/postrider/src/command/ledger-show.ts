import type { LedgerEntry, SqliteLedger } from '@postrider/collector';
import { findTarget } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode, UsageError } from '../failure/index.ts';
import { stateFlag } from '../flag/ledger.ts';
import { ledgerAccount, openExistingLedger, requireAccount } from '../ledger/open-ledger.ts';
import { formatTable } from '../output/table.ts';

/** `postrider ledger show`. */
export async function run(context: Context): Promise<number> {
  const { invocation } = context;
  const account = invocation.arguments.length === 0 ? undefined : await accountOf(context);
  const ledger = openExistingLedger(context);
  try {
    if (account === undefined) await showAccounts(context, ledger);
    else await showEntries(context, ledger, account);
    return exitCode.done;
  } finally {
    await ledger.close();
  }
}

async function accountOf(context: Context): Promise<string> {
  const { target, rest } = await findTarget(context);
  if (rest.length > 0) throw new UsageError(`ledger show does not know what to do with '${rest[0] ?? ''}'`);
  return ledgerAccount(context, target);
}

async function showAccounts({ output }: Context, ledger: SqliteLedger): Promise<void> {
  const accounts = await ledger.accounts();
  if (output.json) {
    output.printJson(
      accounts.map(({ account, entries, listedAt }) => ({
        account,
        messages: entries,
        listed: iso(listedAt),
      })),
    );
    return;
  }
  const columns = [
    { title: 'Account', shrinksTo: 16 },
    { title: 'Messages', align: 'right' },
    { title: 'Last listed' },
  ] as const;
  const rows = accounts.map(({ account, entries, listedAt }) => [account, String(entries), local(listedAt)]);
  output.printPainted(formatTable(columns, rows, { columns: output.columns, paint: output.paint }));
}

async function showEntries(context: Context, ledger: SqliteLedger, account: string): Promise<void> {
  const { output, invocation } = context;
  await requireAccount(ledger, account);
  const state = invocation.get(stateFlag);
  const entries: LedgerEntry[] = [];
  for await (const entry of ledger.entries(account)) {
    if (state === undefined || entry.state === state) entries.push(entry);
  }
  entries.sort((a, b) => whenOf(a) - whenOf(b) || (a.key < b.key ? -1 : 1));
  if (output.json) {
    output.printJson(entries.map(toJson));
    return;
  }
  if (entries.length === 0) {
    output.note(`The ledger has no ${state === undefined ? '' : `${state} `}messages of ${account}.`);
    return;
  }
  const columns = [
    { title: 'Unique-id', shrinksTo: 16 },
    { title: 'State' },
    { title: 'Octets', align: 'right' },
    { title: 'When' },
    { title: 'Reason', shrinksTo: 20 },
  ] as const;
  const rows = entries.map((entry) => [
    entry.uniqueId ?? '',
    entry.state,
    String(entry.receivedOctets ?? entry.octets ?? ''),
    local(whenOf(entry)),
    entry.reason ?? '',
  ]);
  output.printPainted(formatTable(columns, rows, { columns: output.columns, paint: output.paint }));
}

// When it came into the state that it is in, or failed last in it.
function whenOf({ state, firstSeenAt, failedAt, deliveredAt, deleteRequestedAt }: LedgerEntry): number {
  if (state === 'gone') return deleteRequestedAt ?? deliveredAt ?? firstSeenAt;
  return (state === 'delivered' ? deliveredAt : failedAt) ?? firstSeenAt;
}

function toJson(entry: LedgerEntry): object {
  return {
    uniqueId: entry.uniqueId ?? null,
    state: entry.state,
    octets: entry.receivedOctets ?? entry.octets ?? null,
    when: iso(whenOf(entry)),
    reason: entry.reason ?? null,
    failures: entry.failures,
    delivered: entry.delivered,
    delivering: entry.delivering,
    firstSeen: iso(entry.firstSeenAt),
    vanished: iso(entry.vanishedAt),
  };
}

function iso(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString();
}

// In the time of this place, to the minute.
function local(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '';
  const date = new Date(milliseconds);
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

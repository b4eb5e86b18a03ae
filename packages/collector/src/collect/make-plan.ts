import { CommandRejectedError, type Pop3Client } from '@postrider/pop3';
import type { Destination } from '../destination/index.ts';
import type { AccountLedger } from '../ledger/index.ts';
import {
  type JoinedListing,
  type LedgerEntry,
  ListingJoiner,
  type Plan,
  planListing,
  Sieve,
} from '../plan/index.ts';
import { messageId } from './message-id.ts';
import type { CollectOptions } from './options.ts';
import { hashesOf, readHeaderHashes } from './read-header-hashes.ts';
import type { RunState } from './run-state.ts';

/** Plans a session: reads the server's listings and the ledger, and the headers that the plan asks for. */
export async function makePlan(
  client: Pop3Client,
  ledger: AccountLedger,
  options: CollectOptions,
  run: RunState,
): Promise<Plan> {
  const listing = await list(client);
  const settings = { firstRun: ledger.firstRun, options, now: (options.now ?? Date.now)() };
  const sift = async (sieve: Sieve): Promise<Sieve> => {
    const usable = run.usable(options.destinations);
    const unsure = usable.filter(({ unrecorded }) => unrecorded !== undefined && unrecorded.size > 0);
    for await (const entry of ledger.entries()) {
      for (const destination of unsure) tellRecorded(destination, options.account, entry);
      sieve.add(entry);
    }
    return sieve;
  };
  let sieve = await sift(new Sieve(listing.messages, settings));
  const { exceptions } = sieve;
  if (exceptions !== undefined) sieve = await sift(new Sieve(listing.messages, settings, exceptions));
  const headerHashes = new Map<number, string | undefined>();
  for (;;) {
    const plan = planListing(listing, sieve, { ...settings, headerHashes });
    const { needHeaderHash } = plan;
    if (needHeaderHash.length === 0) return plan;
    // Servers may archive what was retrieved: a dry run does not check TOP against RETR.
    const isKnown = options.dryRun === true ? () => true : hashesOf(sieve.entries);
    const read = await readHeaderHashes(client, needHeaderHash, isKnown, run);
    for (const [number, hash] of read) headerHashes.set(number, hash);
  }
}

async function list(client: Pop3Client): Promise<JoinedListing> {
  const joiner = new ListingJoiner();
  const [drop, scan, uniqueIds] = await Promise.all([
    client.stat().catch(ignoreRefusal),
    client.list({ onEntry: (entry) => joiner.addScan(entry) }),
    client.uidl({ onEntry: (entry) => joiner.addUniqueId(entry) }).catch(ignoreRefusal),
  ]);
  return joiner.join({
    named: uniqueIds !== undefined,
    malformedLines: scan.malformedLines + (uniqueIds?.malformedLines ?? 0),
    messages: drop?.messages,
  });
}

function ignoreRefusal(error: unknown): undefined {
  if (!(error instanceof CommandRejectedError)) throw error;
  return undefined;
}

// A crash came between the ledger and the destination.
function tellRecorded(destination: Destination, account: string, { key, delivered }: LedgerEntry): void {
  if (!delivered.includes(destination.name)) return;
  const id = messageId(account, key);
  if (destination.unrecorded?.has(id) === true) destination.recordedBefore?.(id);
}

import type { LedgerEntry } from '@postrider/collector';
import { findTarget } from '../connection/target.ts';
import type { Context } from '../context.ts';
import { exitCode, UsageError } from '../failure/index.ts';
import { ledgerAccount, ledgerWords, openExistingLedger, requireAccount } from '../ledger/open-ledger.ts';
import { countOf } from '../output/quantity.ts';

/** `postrider ledger retry`. */
export async function run(context: Context): Promise<number> {
  const { output } = context;
  const { target, rest } = await findTarget(context);
  const account = ledgerAccount(context, target);
  const ledger = openExistingLedger(context);
  try {
    await requireAccount(ledger, account);
    const opened = await ledger.openAccount(account);
    const entries: LedgerEntry[] = [];
    for await (const entry of opened.entries()) entries.push(entry);
    const failed = entries.filter(
      ({ state, failures }) => state === 'set-aside' || (state === 'listed' && failures > 0),
    );
    for (const uniqueId of rest) {
      if (failed.some((entry) => entry.uniqueId === uniqueId)) continue;
      throw new UsageError(
        `${account} has no message '${uniqueId}' that failed`,
        `See: postrider ledger show ${ledgerWords(context, target)}`,
      );
    }
    const chosen =
      rest.length === 0
        ? failed.filter(({ state }) => state === 'set-aside')
        : failed.filter(({ uniqueId }) => uniqueId !== undefined && rest.includes(uniqueId));
    const at = Date.now();
    await opened.commit(chosen.map(({ key }) => ({ type: 'retry', key, at })));
    if (output.json) output.printJson({ account, messages: chosen.length });
    else output.print(`${countOf(chosen.length, 'message')} of ${account} will be tried again.`);
    return exitCode.done;
  } finally {
    await ledger.close();
  }
}

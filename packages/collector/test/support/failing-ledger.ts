import { type AccountLedger, type Ledger, LedgerError } from '../../src/index.ts';

/** A ledger that fails at one commit, the first being 0, and did or did not record what it was told. */
export function failOnce(ledger: Ledger, failsAt: number | undefined, recordsFirst: boolean): Ledger {
  let commits = 0;
  const observe = (account: AccountLedger): AccountLedger => ({
    account: account.account,
    get firstRun() {
      return account.firstRun;
    },
    entries: () => account.entries(),
    commit: async (records) => {
      const fails = commits++ === failsAt;
      if (!fails || recordsFirst) await account.commit(records);
      if (fails) throw new LedgerError('ERR_COLLECT_LEDGER_FULL', 'it is full');
    },
    recordRun: (run) => account.recordRun(run),
    close: () => account.close(),
    [Symbol.asyncDispose]: () => account.close(),
  });
  return {
    openAccount: async (account) => observe(await ledger.openAccount(account)),
    accounts: () => ledger.accounts(),
    entries: (account) => ledger.entries(account),
    runs: (account) => ledger.runs(account),
    close: () => ledger.close(),
    [Symbol.asyncDispose]: () => ledger.close(),
  };
}

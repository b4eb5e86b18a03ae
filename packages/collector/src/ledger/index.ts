export { applyRecord } from './apply-record.ts';
export { LedgerError, type LedgerErrorCode } from './error.ts';
export type { AccountLedger, Ledger, LedgerAccountSummary, LedgerHolder, LedgerRun } from './ledger.ts';
export { SqliteLedger } from './sqlite-ledger.ts';

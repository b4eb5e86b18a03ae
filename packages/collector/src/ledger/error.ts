import { CollectorError, type CollectorErrorOptions } from '../failure/index.ts';
import type { LedgerHolder } from './ledger.ts';

/** What can be wrong with a ledger. */
export type LedgerErrorCode =
  /** It is no ledger, or its content is broken. */
  | 'ERR_COLLECT_LEDGER_DAMAGED'
  /** A later version of this software wrote it. */
  | 'ERR_COLLECT_LEDGER_NEWER'
  /** It, or its folder, may not be written or read. */
  | 'ERR_COLLECT_LEDGER_ACCESS'
  /** Another collector has the account open. */
  | 'ERR_COLLECT_LEDGER_LOCKED'
  /** Another process kept the file busy for too long. */
  | 'ERR_COLLECT_LEDGER_BUSY'
  /** No space is left. */
  | 'ERR_COLLECT_LEDGER_FULL'
  /** The disk failed, or something else did. */
  | 'ERR_COLLECT_LEDGER_IO'
  /** A record that makes no sense, such as the deletion of what was not delivered. */
  | 'ERR_COLLECT_LEDGER_RECORD'
  /** The ledger, or the account, was closed. */
  | 'ERR_COLLECT_LEDGER_CLOSED';

const transientCodes: ReadonlySet<LedgerErrorCode> = new Set([
  'ERR_COLLECT_LEDGER_LOCKED',
  'ERR_COLLECT_LEDGER_BUSY',
  'ERR_COLLECT_LEDGER_FULL',
]);

/** The ledger could not be opened, read or written. Nothing of the call that threw it was recorded. */
export class LedgerError extends CollectorError {
  override readonly name = 'LedgerError';
  readonly code: LedgerErrorCode;
  readonly transient: boolean;
  /** Who has the account open, where it is `ERR_COLLECT_LEDGER_LOCKED` and known. */
  readonly holder: LedgerHolder | undefined;

  constructor(
    code: LedgerErrorCode,
    message: string,
    options: CollectorErrorOptions & { readonly holder?: LedgerHolder | undefined } = {},
  ) {
    super(message, options);
    this.code = code;
    this.transient = transientCodes.has(code);
    this.holder = options.holder;
  }
}

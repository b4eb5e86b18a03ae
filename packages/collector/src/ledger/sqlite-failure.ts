import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Explanation, explainSystemError, isLackOfRoom, systemErrorCode } from '../failure/index.ts';
import { LedgerError, type LedgerErrorCode } from './error.ts';

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_PERM = 3;
const SQLITE_NOTADB = 26;

const meanings: Readonly<Record<number, readonly [code: LedgerErrorCode, ...Explanation]>> = {
  [SQLITE_BUSY]: [
    'ERR_COLLECT_LEDGER_BUSY',
    'another process is writing to it',
    'Try again when the other one is done.',
  ],
  [SQLITE_LOCKED]: [
    'ERR_COLLECT_LEDGER_BUSY',
    'another process is writing to it',
    'Try again when the other one is done.',
  ],
  [SQLITE_READONLY]: [
    'ERR_COLLECT_LEDGER_ACCESS',
    'it cannot be written',
    'Check its permissions and those of its folder.',
  ],
  [SQLITE_PERM]: [
    'ERR_COLLECT_LEDGER_ACCESS',
    'it cannot be opened',
    'Check its permissions and those of its folder.',
  ],
  [SQLITE_CANTOPEN]: [
    'ERR_COLLECT_LEDGER_ACCESS',
    'it cannot be opened',
    'Check its path and the permissions of its folder.',
  ],
  [SQLITE_IOERR]: [
    'ERR_COLLECT_LEDGER_IO',
    'the disk failed',
    'Check the disk. Nothing that was not recorded counts as delivered.',
  ],
  [SQLITE_FULL]: ['ERR_COLLECT_LEDGER_FULL', 'the disk is full', 'Make room, then run it again.'],
  [SQLITE_CORRUPT]: [
    'ERR_COLLECT_LEDGER_DAMAGED',
    'its content is damaged',
    'Restore it from a backup. It is never replaced by an empty one, since that would bring all mail home again.',
  ],
  [SQLITE_NOTADB]: [
    'ERR_COLLECT_LEDGER_DAMAGED',
    'it is no ledger',
    'Check its path, or restore it from a backup. It is never replaced by an empty one.',
  ],
};

// SQLite keeps the system's reason to itself where it cannot open or write: its place often shows it.
const vague: ReadonlySet<number> = new Set([SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN, SQLITE_IOERR]);

/** The ledger's own error for what SQLite or the system threw. */
export function ledgerFailure(path: string, cause: unknown, subject = `the ledger ${path}`): LedgerError {
  if (cause instanceof LedgerError) return cause;
  const primary = primaryCode(cause);
  const systemCode = vague.has(primary) ? obstacleAt(path) : systemErrorCode(cause);
  const explanation = explainSystemError(systemCode);
  const [code, what, hint] =
    explanation === undefined
      ? (meanings[primary] ?? [
          'ERR_COLLECT_LEDGER_IO' as const,
          cause instanceof Error ? cause.message : String(cause),
          'Check the disk and the permissions.',
        ])
      : [ledgerCode(systemCode), ...explanation];
  return new LedgerError(code, `${subject}: ${what}`, { cause, hint });
}

function ledgerCode(systemCode: string | undefined): LedgerErrorCode {
  if (isLackOfRoom(systemCode)) return 'ERR_COLLECT_LEDGER_FULL';
  return systemCode === 'EIO' ? 'ERR_COLLECT_LEDGER_IO' : 'ERR_COLLECT_LEDGER_ACCESS';
}

/** What keeps a file from being written at a place, as the code of a system call; undefined where nothing is seen. */
function obstacleAt(path: string): string | undefined {
  const folder = dirname(path);
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return 'EISDIR';
    for (const place of [folder, path]) if (existsSync(place)) accessSync(place, constants.W_OK);
    const { bavail, blocks } = statfsSync(folder);
    return blocks > 0 && bavail === 0 ? 'ENOSPC' : undefined;
  } catch (error) {
    return systemErrorCode(error);
  }
}

/** Whether SQLite found a lock taken. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY;
}

// Extended codes have the primary one in their lowest octet.
function primaryCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : -1;
}

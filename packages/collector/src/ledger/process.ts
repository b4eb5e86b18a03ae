import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { LedgerHolder } from './ledger.ts';

/** This process, as a holder of locks. `started` tells it from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly host: string;
  readonly started: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), started: startOf(process.pid) ?? '' };
}

/** Whether a holder is known to have died: only about processes of this machine can that be said. */
export function hasDied(holder: LedgerHolder & { readonly started: string }): boolean {
  if (holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  const started = startOf(holder.pid);
  return started !== undefined && holder.started !== '' && started !== holder.started;
}

// Clock ticks since boot (proc(5)), where there is a /proc.
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

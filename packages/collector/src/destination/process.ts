import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

// A start time tells a process from a later one with the same number: containers give 1 to each of theirs.
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Names this process, for files that others may find when it is dead: `HOST-PID-START`. */
export const processName: string = `${host}-${process.pid}-${startOf(process.pid)}`;

/** Whether the process of that name still runs; undefined where that cannot be known from this machine. */
export function isRunning(name: string): boolean | undefined {
  const [, where, pid, started] = /^([0-9a-f]{8})-(\d+)-(\d*)$/.exec(name) ?? [];
  if (where !== host) return undefined;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  return startOf(Number(pid)) === started;
}

// Clock ticks since boot (proc(5)); empty where there is no /proc.
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, and its number is taken until its parent asks for it: in a container without an init, for ever.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

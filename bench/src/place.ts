import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTemporaryFileSystem } from '@postrider/collector';

/** Where a client's output goes: into memory, or on a disk that has to be waited for. */
export type Place = 'memory' | 'disk';

const candidates: Readonly<Record<Place, readonly (string | undefined)[]>> = {
  memory: [process.env['BENCH_MEMORY'], '/dev/shm', '/run', tmpdir()],
  disk: [process.env['BENCH_DISK'], tmpdir(), '/var/tmp', homedir(), process.cwd()],
};

/** A new folder in a place; undefined where this machine has none. `BENCH_MEMORY` and `BENCH_DISK` name others. */
export function makeFolder(place: Place): { readonly path: string; remove(): void } | undefined {
  for (const parent of candidates[place]) {
    if (parent === undefined || isTemporaryFileSystem(parent) !== (place === 'memory')) continue;
    try {
      const path = mkdtempSync(join(parent, 'pr-bench-'));
      // Servers and some clients work in it as another user.
      chmodSync(path, 0o711);
      return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
    } catch {
      // Not for us to write to.
    }
  }
  return undefined;
}

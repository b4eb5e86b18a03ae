import { statfsSync } from 'node:fs';

const tmpfs = 0x01021994;
const ramfs = 0x858458f6;

/** Whether what is written there is lost when the machine restarts (tmpfs, ramfs). False where that cannot be known. */
export function isTemporaryFileSystem(path: string): boolean {
  try {
    const { type } = statfsSync(path);
    return type === tmpfs || type === ramfs;
  } catch {
    return false;
  }
}

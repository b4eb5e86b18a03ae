import type { DeliveryResult } from './destination.ts';
import { fileFailure } from './error.ts';
import type { FileDelivery } from './file-delivery.ts';
import type { FileSystem } from './file-system.ts';

/** Gives a durable file its name. Where the name is taken, the message is there already, and nothing changes. */
export function publishFile(
  destination: string,
  delivery: FileDelivery,
  path: string,
  fileSystem: FileSystem,
): DeliveryResult {
  if (delivery.failure !== undefined) return { status: 'failed', error: delivery.failure };
  try {
    return { status: linkFile(delivery.path, path, fileSystem) ? 'delivered' : 'repeated' };
  } catch (error) {
    return { status: 'failed', error: fileFailure(destination, 'link', path, error) };
  } finally {
    // Its second name, or all that is left of it.
    delivery.abort();
  }
}

// False where the name was taken.
function linkFile(from: string, to: string, fileSystem: FileSystem): boolean {
  try {
    fileSystem.link(from, to);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') return false;
    // File systems without hard links.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
    if (fileSystem.exists(to)) return false;
    fileSystem.rename(from, to);
    return true;
  }
}

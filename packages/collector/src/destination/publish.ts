import type { DeliveryResult } from './destination.ts';
import { DestinationError, fileFailure } from './error.ts';
import type { FileDelivery } from './file-delivery.ts';
import type { FileSystem } from './file-system.ts';
import { identityAt, identityOf, nextId, unreadable } from './same-message.ts';

/**
 * Gives a durable file its name. Where the same message has it, nothing changes. Where another one has it, since the server used a unique-id
 * again, the message gets the next name. `take` gives the file the name of an id, or says what tells the message apart that has it.
 */
export function publishFile(
  destination: string,
  delivery: FileDelivery,
  take: (id: string) => string | undefined,
): DeliveryResult {
  if (delivery.failure !== undefined) return { status: 'failed', error: delivery.failure };
  try {
    let own: string | undefined;
    for (let { id } = delivery; ; id = nextId(id, own)) {
      const present = take(id);
      if (present === undefined) return { status: 'delivered' };
      own ??= identityOf(delivery.path);
      if (present === own) return { status: 'repeated' };
    }
  } catch (cause) {
    const error =
      cause instanceof DestinationError ? cause : fileFailure(destination, 'link', delivery.path, cause);
    return { status: 'failed', error };
  } finally {
    // Its second name, or all that is left of it.
    delivery.abort();
  }
}

/** Gives a file a name; where that is taken, says what tells the message apart that has it. */
export function takeName(
  destination: string,
  from: string,
  to: string,
  fileSystem: FileSystem,
): string | undefined {
  try {
    return linkFile(from, to, fileSystem) ? undefined : (identityAt(to) ?? unreadable);
  } catch (error) {
    throw fileFailure(destination, 'link', to, error);
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

import type { CommandOptions } from './exchange.ts';
import type { Session } from './session.ts';

/** Waits for something that is not the server's. Rejects where the session ends meanwhile, and with the signal's reason. */
export function whileOpen<T>(session: Session, work: Promise<T>, { signal }: CommandOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal?.reason);
    const settle = (): void => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort);
    if (signal?.aborted) abort();
    session.ended.then(reject, reject);
    work.then(resolve, reject).finally(settle);
  });
}

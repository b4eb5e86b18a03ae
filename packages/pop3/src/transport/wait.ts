import type { Duplex } from 'node:stream';
import { systemClock } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { TimeoutError, type TimeoutPhase } from './error.ts';

/** What may end a wait early. */
export interface WaitOptions {
  readonly phase: TimeoutPhase;
  readonly endpoint: Endpoint;
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
  /** Makes the error out of what the socket said; undefined: it was closed without a word. */
  readonly failed: (cause: Error | undefined) => Error;
}

/**
 * Waits for a socket's event. A failure, the deadline and the signal destroy the socket and reject, the signal with its
 * own reason. From here on the socket has a listener for `error`, so that a late one cannot end the process.
 */
export function waitForEvent(socket: Duplex, event: string, options: WaitOptions): Promise<void> {
  const { phase, endpoint, milliseconds, signal, failed } = options;
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown): void => {
      cancelTimer();
      signal?.removeEventListener('abort', onAbort);
      socket.off(event, onEvent).off('error', onError).off('close', onClose);
      if (error === undefined) {
        resolve();
      } else {
        socket.destroy();
        reject(error);
      }
    };
    const onEvent = (): void => settle();
    const onError = (error: Error): void => settle(failed(error));
    const onClose = (): void => settle(failed(undefined));
    const onAbort = (): void => settle(signal?.reason);
    const cancelTimer = systemClock.schedule(milliseconds, () =>
      settle(new TimeoutError({ phase, milliseconds, endpoint })),
    );
    socket.on('error', ignore);
    socket.on(event, onEvent).on('error', onError).on('close', onClose);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) onAbort();
    else if (socket.destroyed) onClose();
  });
}

function ignore(): void {}

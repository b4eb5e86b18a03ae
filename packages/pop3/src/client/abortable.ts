import type { Exchange } from './exchange.ts';

/** The same exchange, which calls `onAbort` when the signal is aborted before it is over. */
export function abortable(
  exchange: Exchange,
  signal: AbortSignal,
  onAbort: (exchange: Exchange, reason: unknown) => void,
): Exchange {
  const settle = (): void => signal.removeEventListener('abort', abort);
  const watched: Exchange = {
    command: exchange.command,
    line: (text, lineNumber) => exchange.line?.(text, lineNumber),
    content: (octets) => exchange.content?.(octets),
    challenge: (event) => exchange.challenge?.(event),
    response: (event) => {
      if (!event.multiLine) settle();
      exchange.response(event);
    },
    end: () => {
      settle();
      return exchange.end?.();
    },
    fail: (error) => {
      settle();
      exchange.fail(error);
    },
  };
  const abort = (): void => onAbort(watched, signal.reason);
  signal.addEventListener('abort', abort);
  return watched;
}

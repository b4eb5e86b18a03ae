/** An answer that did not come in time. */
class LateAnswerError extends Error {
  override readonly name = 'LateAnswerError';
  readonly code = 'ETIMEDOUT';
}

/**
 * Waits for something so many milliseconds at most. The libraries for SMTP and IMAP only notice a server that is silent: one that always says a little would
 * be waited for for ever. `giveUp` ends whatever is waited for; it must not throw.
 */
export async function within<T>(milliseconds: number, work: Promise<T>, giveUp: () => void): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(new LateAnswerError('there was no answer in time'));
    giveUp();
  }, milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** How long a message of so many octets may take: a server's answer, and a thousand octets a second. */
export function longestSubmission(octets: number, answer: number): number {
  // A timer for longer than 24 days fires at once.
  return Math.min(answer + octets, 2 ** 31 - 1);
}

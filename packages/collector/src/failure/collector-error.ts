const brand = Symbol.for('@postrider/collector.error');

/** What every {@link CollectorError} may carry. */
export interface CollectorErrorOptions {
  /** One sentence: what to do next. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The base of every error of this package. Each subclass has a stable `code`, `ERR_COLLECT_...`.
 *
 * Errors of the POP3 session itself stay `Pop3Error`s. Use {@link isCollectorError} rather than
 * `instanceof`: it also knows errors of another copy of the package.
 */
export abstract class CollectorError extends Error {
  abstract readonly code: string;
  /** The same may succeed later, without any change. */
  abstract readonly transient: boolean;
  /** What to do next, in one sentence. */
  readonly hint: string | undefined;

  constructor(message: string, options: CollectorErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.hint = options.hint;
  }

  static {
    Object.defineProperty(CollectorError.prototype, brand, { value: true });
  }
}

/** Tells whether a value is a {@link CollectorError}, also one of another copy of this package. */
export function isCollectorError(value: unknown): value is CollectorError {
  return typeof value === 'object' && value !== null && brand in value;
}

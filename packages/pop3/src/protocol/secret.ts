const redacted = '[secret]';

/**
 * A value that must not show up in logs, traces, errors or JSON.
 *
 * Every way of turning it into text by accident (`String()`, template literals, `JSON.stringify`,
 * `util.inspect`, `console.log`) gives `[secret]`. Only {@link Secret.reveal} gives the value.
 */
export class Secret<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Call it as late as possible, and do not keep what it returns. */
  reveal(): T {
    return this.#value;
  }

  /** What takes the place of the secret, in texts. */
  toString(): string {
    return redacted;
  }

  /** What takes its place in JSON. */
  toJSON(): string {
    return redacted;
  }

  /** What takes its place where a string or a number is wanted. */
  [Symbol.toPrimitive](): string {
    return redacted;
  }

  // What Node's `util.inspect`, and so `console.log`, prints.
  static {
    Object.defineProperty(Secret.prototype, Symbol.for('nodejs.util.inspect.custom'), {
      value: () => redacted,
    });
  }
}

/** Wraps a plain value; leaves one that is wrapped already as it is. */
export function secret<T>(value: T | Secret<T>): Secret<T> {
  return value instanceof Secret ? value : new Secret(value);
}

/**
 * What was given for a flag: one entry an occurrence, the empty string where it stood without a value.
 * An empty list: it was not given.
 */
export type RawValues = readonly string[];

/** What may be written behind a flag. */
export interface FlagValue {
  /** The word that stands for it in help: `FILE`. */
  readonly name: string;
  /** It may be left out: `--trace [FILE]`. */
  readonly optional?: boolean | undefined;
  /** The words that are allowed; completions offer them. */
  readonly choices?: readonly string[] | undefined;
  /** What completions offer. */
  readonly complete?: 'file' | 'directory' | undefined;
}

/** One flag: the parser, `--help`, the man page, the completions and the reference are all made of this. */
export interface Flag<T> {
  /** Without the dashes: `password-file`. */
  readonly name: string;
  readonly short?: string | undefined;
  readonly value?: FlagValue | undefined;
  /** One phrase, without a full stop. */
  readonly description: string;
  /** It may be given more than once, and each counts. */
  readonly repeatable?: boolean | undefined;
  /** The environment variable that does the same. */
  readonly environment?: string | undefined;
  /** What happens without it, for help: `tls`. */
  readonly fallback?: string | undefined;
  /** Makes the value out of what was given; throws a {@link FlagError}. */
  read(raw: RawValues): T;
}

/** A flag was given a value that it cannot take. The message has the form of a clause: `wants a number`. */
export class FlagError extends Error {
  override readonly name = 'FlagError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

type Described = Omit<Flag<unknown>, 'read' | 'value' | 'repeatable'>;

/** A flag that is there or not. */
export function switchFlag(flag: Described): Flag<boolean> {
  return { ...flag, read: (raw) => raw.length > 0 };
}

/** A flag with any text; the last one counts. */
export function textFlag(flag: Described & { value: FlagValue }): Flag<string | undefined> {
  return {
    ...flag,
    read(raw) {
      const text = raw.at(-1);
      if (text === '' && flag.value.optional !== true) throw new FlagError('wants a value that is not empty');
      return text;
    },
  };
}

/** A flag whose text stands for something else; `parse` throws a {@link FlagError} where it does not. */
export function mapFlag<T>(flag: Flag<string | undefined>, parse: (text: string) => T): Flag<T | undefined> {
  return {
    ...flag,
    read(raw) {
      const text = flag.read(raw);
      return text === undefined ? undefined : parse(text);
    },
  };
}

/** A flag that may be repeated. */
export function listFlag(flag: Described & { value: FlagValue }): Flag<readonly string[]> {
  return {
    ...flag,
    repeatable: true,
    read(raw) {
      if (raw.includes('')) throw new FlagError('wants a value that is not empty');
      return raw;
    },
  };
}

/** A flag with a whole number between two bounds, both included. */
export function numberFlag(
  flag: Described & { value: FlagValue; minimum: number; maximum: number },
): Flag<number | undefined> {
  const { minimum, maximum, ...rest } = flag;
  return {
    ...rest,
    read(raw) {
      const text = raw.at(-1);
      if (text === undefined) return undefined;
      const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (number >= minimum && number <= maximum) return number;
      throw new FlagError(`wants a whole number from ${minimum} to ${maximum}, not '${text}'`);
    },
  };
}

/** A flag with one word out of a few. */
export function choiceFlag<T extends string>(
  flag: Described & { value: FlagValue; choices: readonly T[] },
): Flag<T | undefined> {
  const { choices, ...rest } = flag;
  return {
    ...rest,
    value: { ...flag.value, choices },
    read(raw) {
      const text = raw.at(-1);
      return text === undefined ? undefined : oneOf(choices, text);
    },
  };
}

/** A flag with a comma-separated list of words out of a few. `refused` tells of words that people try what to use instead. */
export function choiceListFlag<T extends string>(
  flag: Described & {
    value: FlagValue;
    choices: readonly T[];
    refused?: Readonly<Record<string, string>>;
  },
): Flag<readonly T[] | undefined> {
  const { choices, refused = {}, ...rest } = flag;
  return {
    ...rest,
    value: { ...flag.value, choices },
    read(raw) {
      const text = raw.at(-1);
      return text === undefined
        ? undefined
        : text.split(',').map((word) => oneOf(choices, word.trim(), refused));
    },
  };
}

function oneOf<T extends string>(
  choices: readonly T[],
  text: string,
  refused: Readonly<Record<string, string>> = {},
): T {
  const word = text.toLowerCase();
  const found = choices.find((choice) => choice === word);
  if (found !== undefined) return found;
  if (Object.hasOwn(refused, word)) throw new FlagError(`does not do '${text}'`, refused[word]);
  throw new FlagError(`does not know '${text}'`, `it takes ${choices.join(', ')}`);
}

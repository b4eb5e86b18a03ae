import { LocalProtocolError } from './error.ts';

/**
 * Options, and the defaults of those that are not given. One that is there and undefined is not given either: it would be a limit that
 * nothing is above, and a deadline that never comes.
 *
 * @throws LocalProtocolError where a number is none, or is negative, for the same reason.
 */
export function withDefaults<Options extends object>(
  defaults: Options,
  given: Partial<Options> | undefined,
): Options {
  const known: Partial<Options> = { ...given };
  for (const name in known) {
    const value = known[name];
    if (value === undefined) delete known[name];
    if (typeof value === 'number' && !(value >= 0)) {
      throw new LocalProtocolError(`${name} must be 0 or more, not ${value}`);
    }
  }
  return { ...defaults, ...known };
}

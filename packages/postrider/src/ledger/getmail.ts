import type { Complain, FetchedMessage, NumberedLine, StateSection } from './state-file.ts';

/**
 * getmail's `oldmail-HOST-PORT-USER`: a unique-id, NUL, and when it was first seen in seconds since 1970. It holds one maildrop, which only its name
 * tells.
 *
 * getmail writes `-` for every `/` of a unique-id, so where there is a `-` the server may have a `/`.
 */
export function parseGetmail(lines: readonly NumberedLine[], complain: Complain): readonly StateSection[] {
  const fetched = lines.map((line): FetchedMessage => {
    const [, uniqueId, seconds] = /^([^\0]+)\0(\d{1,12})$/.exec(line.text) ?? [];
    if (uniqueId === undefined)
      return complain(line, 'a unique-id, NUL and a number of seconds were expected');
    const orElse = uniqueId.includes('-') ? uniqueId.replaceAll('-', '/') : undefined;
    return { uniqueId, at: Number(seconds) * 1000, orElse };
  });
  return [{ host: undefined, user: undefined, fetched, unfetched: 0 }];
}

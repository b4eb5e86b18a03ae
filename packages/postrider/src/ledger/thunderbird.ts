import { type Complain, type NumberedLine, SectionBuilder, type StateSection } from './state-file.ts';

// What Thunderbird does about a message: `k` keeps it on the server, `d` deletes it there next time. Of `b` (too big) and `f` (the
// rest is fetched on demand) it has no more than the header.
const fetchedStates = new Set(['k', 'd']);
const unfetchedStates = new Set(['b', 'f']);

/** Thunderbird's `popstate.dat`: for each maildrop a line `*HOST USER`, and lines with a state, a unique-id, and in later versions the seconds since 1970. */
export function parseThunderbird(
  lines: readonly NumberedLine[],
  complain: Complain,
): readonly StateSection[] {
  const sections = new SectionBuilder();
  let place: { host: string; user: string } | undefined;
  for (const line of lines) {
    if (line.text.startsWith('#')) continue;
    if (line.text.startsWith('*')) {
      const [, host, user] = /^\*(\S+) (.+)$/.exec(line.text) ?? [];
      if (host === undefined || user === undefined)
        return complain(line, "'*HOST USER' was expected, as Thunderbird writes it");
      place = { host, user };
      sections.add(host, user);
      continue;
    }
    const [, state = '', uniqueId, seconds] = /^([a-z]) (\S+)(?: (\d{1,12}))?$/.exec(line.text) ?? [];
    if (uniqueId === undefined || !(fetchedStates.has(state) || unfetchedStates.has(state)))
      return complain(
        line,
        'a state (k, d, b or f) and a unique-id were expected, as Thunderbird writes them',
      );
    if (place === undefined) return complain(line, "a line '*HOST USER' was expected before it");
    if (unfetchedStates.has(state)) sections.leave(place.host, place.user);
    else {
      const at = Number(seconds ?? 0) > 0 ? Number(seconds) * 1000 : undefined;
      sections.add(place.host, place.user, { uniqueId, at });
    }
  }
  return sections.finish();
}

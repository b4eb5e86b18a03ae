import { type Complain, type NumberedLine, SectionBuilder, type StateSection } from './state-file.ts';

/** mpop's `uidls_file`: for each maildrop a line ` COUNT HOST USER`, and so many unique-ids, one a line. */
export function parseMpop(lines: readonly NumberedLine[], complain: Complain): readonly StateSection[] {
  const sections = new SectionBuilder();
  let place: { host: string; user: string; left: number } | undefined;
  for (const line of lines) {
    if (line.text.startsWith(' ')) {
      if (place !== undefined && place.left > 0)
        complain(line, `${place.left} more unique-ids of ${place.user} at ${place.host} were expected`);
      const [, count, host, user] = /^ (\d{1,9}) (\S+) (.+)$/.exec(line.text) ?? [];
      if (host === undefined || user === undefined)
        return complain(line, "' NUMBER HOST USER' was expected, as mpop writes it");
      place = { host, user, left: Number(count) };
      sections.add(host, user);
    } else if (line.text.startsWith('#') && place === undefined) {
      // What mpop says about the file.
    } else if (place === undefined || place.left === 0) {
      complain(line, 'this unique-id is more than the line above it announces');
    } else {
      sections.add(place.host, place.user, { uniqueId: line.text });
      place.left--;
    }
  }
  if (place !== undefined && place.left > 0)
    complain(lines.at(-1), `the file ends here, and ${place.left} more unique-ids were expected`);
  return sections.finish();
}

import { type Complain, type NumberedLine, SectionBuilder, type StateSection } from './state-file.ts';

/** fetchmail's `.fetchids`: `USER@HOST UNIQUE-ID` a line, where users may have an `@` of their own. */
export function parseFetchmail(lines: readonly NumberedLine[], complain: Complain): readonly StateSection[] {
  const sections = new SectionBuilder();
  for (const line of lines) {
    const [, user, host, uniqueId] = /^(.+?)@([^@\s]+) +(\S.*)$/.exec(line.text) ?? [];
    if (user === undefined || host === undefined || uniqueId === undefined)
      return complain(line, "'USER@HOST UNIQUE-ID' was expected, as fetchmail writes it");
    sections.add(host, user, { uniqueId });
  }
  return sections.finish();
}

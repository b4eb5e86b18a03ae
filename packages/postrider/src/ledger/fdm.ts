import type { Complain, FetchedMessage, NumberedLine, StateSection } from './state-file.ts';

/** The cache of an fdm account with `new-only`: the length of a unique-id, a space, and the unique-id. It holds one maildrop, and does not say which. */
export function parseFdm(lines: readonly NumberedLine[], complain: Complain): readonly StateSection[] {
  const fetched = lines.map((line): FetchedMessage => {
    const [, length, uniqueId] = /^(\d{1,6}) (.+)$/.exec(line.text) ?? [];
    if (uniqueId === undefined || uniqueId.length !== Number(length))
      return complain(line, 'the length of a unique-id and the unique-id were expected, as fdm writes them');
    return { uniqueId };
  });
  return [{ host: undefined, user: undefined, fetched, unfetched: 0 }];
}

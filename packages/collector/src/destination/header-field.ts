/** What is looked at of a header. */
export const longestHeader = 262_144;

/** The header of a message, without the blank line: up to 256 KB of it, one character an octet. */
export function headerOf(octets: Buffer): string {
  const text = octets.subarray(0, longestHeader).toString('latin1');
  const end = /^\r?\n|\r?\n\r?\n/.exec(text)?.index;
  return end === undefined ? text : text.slice(0, end);
}

/** The content of the first field of that name, unfolded (RFC 5322 section 2.2.3); undefined where there is none. */
export function fieldOf(octets: Buffer, name: string): string | undefined {
  const field = new RegExp(`^${name}[ \\t]*:(.*(?:\\r?\\n[ \\t].*)*)`, 'im').exec(headerOf(octets))?.[1];
  const text = field?.replace(/\r?\n[ \t]+/g, ' ').trim();
  return text === '' ? undefined : text;
}

/** When a message says that it was written; undefined where it does not say, or says what no calendar has. */
export function dateOf(octets: Buffer): Date | undefined {
  const date = new Date(fieldOf(octets, 'date') ?? '');
  const year = date.getUTCFullYear();
  return year >= 1970 && year <= 9999 ? date : undefined;
}

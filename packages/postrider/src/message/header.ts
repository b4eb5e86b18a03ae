import PostalMime, { type Address, type Email } from 'postal-mime';

const longest = 262_144;
// Of a list with a hundred thousand of them, each is kept.
const longestField = 1000;

/** What a list shows of a message, decoded (RFC 2047). The sender chose it all: escape it where it is shown. */
export interface HeaderSummary {
  /** ISO 8601 in UTC, where the header has a date that can be read. */
  readonly date: string | null;
  readonly from: string | null;
  readonly subject: string | null;
}

/** Reads a message's header. What is longer than 256 KB is cut off, and of sender and subject what is longer than a thousand characters. */
export async function readHeader(content: AsyncIterable<Uint8Array>): Promise<HeaderSummary> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of content) {
    if (octets < longest) pieces.push(piece);
    octets += piece.length;
  }
  const email = await PostalMime.parse(headerOf(Buffer.concat(pieces)));
  const { from, subject } = email;
  return {
    date: readDate(dateField(email))?.toISOString() ?? null,
    from: from === undefined ? null : keep(formatAddress(from)),
    subject: subject === undefined ? null : keep(unfold(subject)),
  };
}

/** What stands before the first empty line: servers may send more of a message than was asked for. */
export function headerOf(octets: Uint8Array): Uint8Array {
  const end = Buffer.from(octets.buffer, octets.byteOffset, octets.length).indexOf('\r\n\r\n');
  return end === -1 ? octets : octets.subarray(0, end + 4);
}

// A copy: a piece of a string holds on to the whole, which is all of the header.
function keep(text: string): string {
  const short = text.length > longestField ? `${text.slice(0, longestField)}…` : text;
  return Buffer.from(short).toString();
}

/** `Name <address>`, or whichever of the two there is; a group with its members. */
export function formatAddress({ name, address, group }: Address): string {
  if (group !== undefined) return `${name}: ${group.map(formatAddress).join(', ')};`;
  if (address === '') return unfold(name);
  return name === '' ? address : `${unfold(name)} <${address}>`;
}

/** A header's date, as it stands. */
export function dateField({ headers }: Email): string {
  return headers.find(({ key }) => key === 'date')?.value ?? '';
}

/** The moment that a header's date names, where it can be read. The platform reads a date out of any number; a header's has a time. */
export function readDate(text: string): Date | undefined {
  const date = new Date(text);
  const year = date.getFullYear();
  return /\d:\d\d/.test(text) && year >= 1900 && year <= 9999 ? date : undefined;
}

/** One line out of a header's value: encoded words may hold line ends. */
export function unfold(text: string): string {
  return text.replace(/[\r\n\t]+/g, ' ').trim();
}

import PostalMime, { type Address } from 'postal-mime';

const longest = 1 << 20;

/** What a list shows of a message, decoded (RFC 2047). The sender chose it all: escape it where it is shown. */
export interface HeaderSummary {
  /** ISO 8601 in UTC, where the header has a date that can be read. */
  readonly date: string | undefined;
  readonly from: string | undefined;
  readonly subject: string | undefined;
}

/** Reads a message's header. What is longer than 1 MB is cut off. */
export async function readHeader(content: AsyncIterable<Uint8Array>): Promise<HeaderSummary> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of content) {
    if (octets < longest) pieces.push(piece);
    octets += piece.length;
  }
  const { date, from, subject } = await PostalMime.parse(Buffer.concat(pieces));
  return {
    date: date === undefined ? undefined : normalDate(date),
    from: from && formatAddress(from),
    subject,
  };
}

/** `Name <address>`, or whichever of the two there is. */
export function formatAddress(address: Address): string {
  const { name } = address;
  if (address.address === undefined || address.address === '') return name;
  return name === '' ? address.address : `${name} <${address.address}>`;
}

function normalDate(text: string): string | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

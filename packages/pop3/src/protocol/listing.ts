import { parseNumber } from './number.ts';
import type { Quirks } from './quirk.ts';
import { detach } from './text.ts';

/** The answer to STAT (RFC 1939 section 5): how many messages, and their octets. */
export interface DropListing {
  readonly messages: number;
  readonly octets: number;
}

/** One line of LIST (RFC 1939 section 5). `octets` is what the server says; content ends at its terminator only. */
export interface ScanListing {
  readonly messageNumber: number;
  readonly octets: number;
}

/** One line of UIDL (RFC 1939 section 7). */
export interface UniqueIdListing {
  readonly messageNumber: number;
  /** One character an octet, so that different unique-ids never look the same. Data only: never a path or a key. */
  readonly uniqueId: string;
}

/** Parses the text of STAT's answer; undefined where it is malformed. */
export function parseDropListing(text: string, quirks: Quirks): DropListing | undefined {
  const pair = parsePair(text, quirks);
  return pair && { messages: pair[0], octets: pair[1] };
}

/** Parses a scan listing; undefined where it is malformed. */
export function parseScanListing(text: string, quirks: Quirks): ScanListing | undefined {
  const pair = parsePair(text, quirks);
  if (pair === undefined || pair[0] < 1) return undefined;
  return { messageNumber: pair[0], octets: pair[1] };
}

/**
 * Parses a unique-id listing; undefined where it is malformed.
 *
 * @param asked - the message-number that was asked for, where it was the form with an argument.
 */
export function parseUniqueIdListing(
  text: string,
  quirks: Quirks,
  asked?: number,
): UniqueIdListing | undefined {
  const match = /^( *)([0-9]+)( +)(.*)$/s.exec(text);
  const messageNumber = match?.[2] === undefined ? undefined : parseNumber(match[2]);
  const uniqueId = withoutTrailingSpaces(match?.[4] ?? '');
  const spaced = match !== null && (match[1] !== '' || (match[3]?.length ?? 0) > 1);
  const numbered = messageNumber !== undefined && messageNumber >= 1 && uniqueId !== '';
  if (numbered && (asked === undefined || asked === messageNumber)) {
    if (spaced && !quirks.listingExtraSpace) return undefined;
    return acceptable(uniqueId, quirks) ? { messageNumber, uniqueId: detach(uniqueId) } : undefined;
  }
  const bare = text.trim();
  if (asked === undefined || bare === '' || !quirks.uniqueIdWithoutNumber) return undefined;
  // `+OK 7 abc` for message 3 is an answer about another message, not a unique-id without its number.
  return numbered || !acceptable(bare, quirks) ? undefined : { messageNumber: asked, uniqueId: detach(bare) };
}

// A pattern that ends in ` *$` tries every space of a line anew: 8 KB of them would take a tenth of a second.
function withoutTrailingSpaces(text: string): string {
  let end = text.length;
  while (text[end - 1] === ' ') end--;
  return text.slice(0, end);
}

function acceptable(uniqueId: string, quirks: Quirks): boolean {
  return quirks.uniqueIdAnyText || /^[\x21-\x7e]{1,70}$/.test(uniqueId);
}

function parsePair(text: string, quirks: Quirks): readonly [number, number] | undefined {
  const match = /^( *)([0-9]+)( +)([0-9]+)(?:( +)(.*))?$/s.exec(text);
  if (match === null) return undefined;
  const [, lead = '', first = '', gap = '', second = '', , rest = ''] = match;
  if ((lead !== '' || gap.length > 1) && !quirks.listingExtraSpace) return undefined;
  if (rest !== '' && !quirks.listingExtraText) return undefined;
  const one = parseNumber(first);
  const two = parseNumber(second);
  return one === undefined || two === undefined ? undefined : [one, two];
}

import type { Listing, ScanListing, UniqueIdListing } from '@postrider/pop3';
import { countOf } from '../output/quantity.ts';
import type { Listed } from './listed.ts';

/** What LIST and UIDL say together. */
export interface MergedListings {
  /** Each message-number once, in the order of LIST. */
  readonly messages: readonly Listed[];
  /** Where they cannot be read, or contradict themselves or each other: a sentence for each kind of fault. */
  readonly faults: readonly string[];
}

/** Puts sizes and unique-ids together. A unique-id that is not certain is none. */
export function mergeListings(
  scan: Listing<ScanListing>,
  unique: Listing<UniqueIdListing> | undefined,
): MergedListings {
  const sizes = new Map<number, number>();
  const repeated: number[] = [];
  for (const { messageNumber, octets } of scan.entries) {
    if (sizes.has(messageNumber)) repeated.push(messageNumber);
    else sizes.set(messageNumber, octets);
  }
  const ids = new Map<number, string | null>();
  const disputed: number[] = [];
  for (const { messageNumber, uniqueId } of unique?.entries ?? []) {
    const isOther = (ids.get(messageNumber) ?? uniqueId) !== uniqueId;
    if (isOther) disputed.push(messageNumber);
    ids.set(messageNumber, isOther ? null : uniqueId);
  }
  const unlisted = [...ids.keys()].filter((number) => !sizes.has(number));
  const nameless = unique === undefined ? [] : [...sizes.keys()].filter((number) => !ids.has(number));
  const faults = [
    malformedFault(unique === undefined ? [scan] : [scan, unique]),
    fault(repeated, 'lists', 'more than once'),
    fault(disputed, 'gives', 'more than one unique-id'),
    fault(nameless, 'gives', 'no unique-id'),
    fault(unlisted, 'has a unique-id for', 'that it does not list'),
  ];
  return {
    messages: [...sizes].map(([messageNumber, octets]) => ({
      messageNumber,
      octets,
      uniqueId: ids.get(messageNumber) ?? null,
    })),
    faults: faults.filter((one) => one !== undefined),
  };
}

function malformedFault(
  listings: readonly Pick<Listing<unknown>, 'malformed' | 'malformedLines'>[],
): string | undefined {
  const [first] = listings.flatMap(({ malformed }) => malformed);
  if (first === undefined) return undefined;
  const { lineNumber, excerpt } = first;
  const lines = listings.reduce((sum, { malformedLines }) => sum + malformedLines, 0);
  return lines === 1
    ? `line ${lineNumber} of the server's listing is malformed: ${excerpt}`
    : `${countOf(lines, 'line')} of the server's listings are malformed, such as line ${lineNumber}: ${excerpt}`;
}

function fault(numbers: readonly number[], does: string, what: string): string | undefined {
  const [first] = numbers;
  if (first === undefined) return undefined;
  return numbers.length === 1
    ? `the server ${does} message ${first} ${what}`
    : `the server ${does} ${countOf(numbers.length, 'message')} ${what}, such as message ${first}`;
}

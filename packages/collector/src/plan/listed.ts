import type { PlanInput, PlanNote } from './plan.ts';

/** A message as the listings of one session have it, put together by its number. */
export interface ListedMessage {
  readonly messageNumber: number;
  readonly octets: number | undefined;
  readonly uniqueId: string | undefined;
  /** The listings say different things about it: it is never deleted in this session. */
  readonly contradictory: boolean;
}

/** Both listings as one. */
export interface JoinedListing {
  /** In ascending order. */
  readonly messages: readonly ListedMessage[];
  readonly notes: readonly PlanNote[];
  readonly complete: boolean;
  /** The server tells unique-ids. */
  readonly named: boolean;
}

/** What the server said. */
export type ListingInput = Pick<PlanInput, 'scan' | 'uniqueIds' | 'malformedLines' | 'messages'>;

/** Joins the scan listings and the unique-id listings: what agrees is used, what does not is said. */
export function joinListings(input: ListingInput): JoinedListing {
  const { malformedLines = 0, messages: announced } = input;
  const { messages, notes } = joinInStep(input) ?? joinByNumber(input);
  const short = announced !== undefined && announced !== messages.length;
  const whole = malformedLines === 0 && !short;
  const incomplete: PlanNote = {
    severity: 'warning',
    code: 'listing-incomplete',
    message: 'The listing is not whole: nothing is forgotten because of it.',
    messageNumbers: [],
  };
  return {
    messages,
    notes: whole ? notes : [...notes, incomplete],
    complete: whole && notes.length === 0,
    named: input.uniqueIds !== undefined,
  };
}

type Joined = Pick<JoinedListing, 'messages' | 'notes'>;

// Nearly always both have the same numbers in the same order, and nothing else is needed to put them together.
function joinInStep({ scan, uniqueIds }: ListingInput): Joined | undefined {
  if (uniqueIds === undefined || uniqueIds.length !== scan.length) return undefined;
  const messages: ListedMessage[] = [];
  let last = 0;
  for (const [index, { messageNumber, octets }] of scan.entries()) {
    const other = uniqueIds[index];
    if (messageNumber <= last || other?.messageNumber !== messageNumber) return undefined;
    messages.push({ messageNumber, octets, uniqueId: other.uniqueId, contradictory: false });
    last = messageNumber;
  }
  return { messages, notes: [] };
}

function joinByNumber({ scan, uniqueIds }: ListingInput): Joined {
  const octets = collect(scan.map(({ messageNumber, octets }) => [messageNumber, octets]));
  const ids = collect((uniqueIds ?? []).map(({ messageNumber, uniqueId }) => [messageNumber, uniqueId]));
  const numbers = [...new Set([...octets.values.keys(), ...ids.values.keys()])].sort((a, b) => a - b);
  const messages = numbers.map((messageNumber): ListedMessage => {
    const contradictory = octets.repeated.has(messageNumber) || ids.repeated.has(messageNumber);
    return {
      messageNumber,
      octets: octets.repeated.has(messageNumber) ? undefined : octets.values.get(messageNumber),
      uniqueId: ids.repeated.has(messageNumber) ? undefined : ids.values.get(messageNumber),
      contradictory,
    };
  });
  const notes: PlanNote[] = [];
  const warn = (code: PlanNote['code'], message: string, of: readonly number[]): void => {
    notes.push({ severity: 'warning', code, message, messageNumbers: of.slice(0, 10) });
  };
  const repeated = [...new Set([...octets.repeated, ...ids.repeated])];
  if (repeated.length > 0)
    warn('repeated-number', 'The server lists a message-number twice, with different values.', repeated);
  const withoutOctets = messages.filter((message) => !octets.values.has(message.messageNumber)).map(numberOf);
  if (withoutOctets.length > 0)
    warn('without-octets', 'LIST does not have messages that UIDL has.', withoutOctets);
  const withoutId =
    uniqueIds === undefined
      ? []
      : messages.filter((message) => !ids.values.has(message.messageNumber)).map(numberOf);
  if (withoutId.length > 0)
    warn('without-unique-id', 'UIDL does not have messages that LIST has.', withoutId);
  return { messages, notes };
}

function collect<T>(pairs: readonly (readonly [number, T])[]): {
  values: Map<number, T>;
  repeated: Set<number>;
} {
  const values = new Map<number, T>();
  const repeated = new Set<number>();
  for (const [number, value] of pairs) {
    if (values.has(number) && values.get(number) !== value) repeated.add(number);
    else values.set(number, value);
  }
  return { values, repeated };
}

function numberOf({ messageNumber }: ListedMessage): number {
  return messageNumber;
}

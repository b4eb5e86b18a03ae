import {
  type ClientEvent,
  type Command,
  type CommandKeyword,
  ConnectionClosedError,
  type ContentEvent,
  decodeLatin1,
  encodeCommand,
  encodeText,
  isPop3Error,
  LimitError,
  parseDropListing,
  parseScanListing,
  parseUniqueIdListing,
  type Quirks,
  RemoteProtocolError,
  type ServerEvent,
  type StatusLine,
} from '../protocol/index.ts';

/** Something that was seen, in the form in which it is compared and shown: every value is one character an octet. */
export interface Fact {
  readonly kind: string;
  readonly fields: ReadonlyMap<string, string>;
}

type Fields = { readonly [name: string]: string | number | boolean | undefined };

/** A fact; fields that are undefined are left out, text becomes its UTF-8 octets. */
export function fact(kind: string, fields: Fields = {}): Fact {
  const known = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) known.set(name, octetsOf(String(value)));
  }
  return { kind, fields: known };
}

/** What a client saw. Listings are parsed, with the quirks in force. */
export function clientFact(event: Exclude<ClientEvent, ContentEvent>, quirks: Quirks): Fact {
  switch (event.type) {
    case 'greeting':
      return fact('greeting', { ...statusFields(event), timestamp: event.timestamp });
    case 'response': {
      const { command, text, line, status, multiLine } = event;
      const known = fact('response', statusFields(event));
      // In a unique-id listing, text is one character an octet already.
      const seen = command.keyword === 'UIDL' ? withFields(known, { text, line }) : known;
      return status === '+OK' && !multiLine ? withListing(seen, command, text, quirks) : seen;
    }
    case 'challenge':
      return fact('challenge', { data: event.data });
    case 'line': {
      const { lineNumber, text, command } = event;
      const isListing = command.keyword === 'LIST' || command.keyword === 'UIDL';
      const known = withListing(fact('line', { lineNumber }), command, text, quirks);
      return withFields(known, { text: isListing ? text : octetsOf(text) });
    }
    case 'end':
      return fact('end', { keyword: event.command.keyword });
    case 'closed':
      return fact('closed');
    default:
      return event satisfies never;
  }
}

/** Content that a client saw, however many pieces it came in. */
export function contentFact(octets: Uint8Array): Fact {
  return withFields(fact('content', { length: octets.length }), { octets: decodeLatin1(octets) });
}

/** What a server saw. */
export function serverFact(event: ServerEvent): Fact {
  switch (event.type) {
    case 'command': {
      const line = encodeCommand(event.command);
      return withFields(fact('command'), { line: decodeLatin1(line.subarray(0, line.length - 2)) });
    }
    case 'invalid-command':
      return fact('invalid-command', { reason: event.reason, text: event.text });
    case 'authentication-response':
      return fact('authentication-response', { data: event.data.reveal() });
    case 'authentication-cancelled':
    case 'closed':
      return fact(event.type);
    default:
      return event satisfies never;
  }
}

/** An error that either side gave. */
export function errorFact(error: unknown): Fact {
  if (!isPop3Error(error)) return fact('error', { code: 'none', message: String(error) });
  const { code, message, fatal, transient, command } = error;
  const common = { code, message, fatal, transient, command };
  if (error instanceof RemoteProtocolError) {
    return fact('error', { ...common, rule: error.rule, offset: error.offset });
  }
  if (error instanceof LimitError) {
    return fact('error', { ...common, limit: error.limit, maximum: error.maximum });
  }
  if (error instanceof ConnectionClosedError) {
    return fact('error', { ...common, deletionsCommitted: error.deletionsCommitted });
  }
  return fact('error', common);
}

function statusFields(line: StatusLine): Fields {
  const { status, text, responseCode } = line;
  return { status, text, line: line.line, code: responseCode?.code, transient: responseCode?.transient };
}

function withListing(known: Fact, command: Command, text: string, quirks: Quirks): Fact {
  const parse = listings[command.keyword];
  if (parse === undefined) return known;
  const listing = parse(text, quirks, 'messageNumber' in command ? command.messageNumber : undefined);
  const fields = Object.entries(listing ?? {}).map(([name, value]) => [name, String(value)]);
  return withFields(known, { ...Object.fromEntries(fields), malformed: String(listing === undefined) });
}

const listings: {
  readonly [keyword in CommandKeyword]?: (text: string, quirks: Quirks, asked?: number) => object | undefined;
} = { STAT: parseDropListing, LIST: parseScanListing, UIDL: parseUniqueIdListing };

/** More fields, whose values are one character an octet already. */
function withFields({ kind, fields }: Fact, more: { readonly [name: string]: string }): Fact {
  return { kind, fields: new Map([...fields, ...Object.entries(more)]) };
}

function octetsOf(text: string): string {
  return decodeLatin1(encodeText(text));
}

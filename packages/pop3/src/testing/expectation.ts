import { decodeLatin1 } from '../protocol/index.ts';
import type { Role } from './dialogue.ts';
import type { Fact } from './fact.ts';
import { formatLiteral, parseLiteral } from './literal.ts';

/** What a `=` line expects: a kind of fact, and the fields of it that it names. Fields it does not name may be anything. */
export interface Expectation {
  readonly kind: string;
  /** One character an octet. */
  readonly fields: ReadonlyMap<string, string>;
  /** The line as it was written, without its mark. */
  readonly source: string;
}

interface Kind {
  /** The roles that see such a fact. */
  readonly role: Role | undefined;
  /** Names for bare words, in their order. The last takes the rest of the line where it ends in `...`. */
  readonly words: readonly string[];
  /** The field that a "quoted" text is for. */
  readonly text?: string;
  /** Fields written as `name=value`. */
  readonly named?: readonly string[];
}

const status = ['text', 'line', 'code', 'transient'];
const listing = ['messages', 'messageNumber', 'octets', 'uniqueId', 'malformed'];

const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['greeting', { role: 'client', words: ['status'], text: 'text', named: [...status, 'timestamp'] }],
  ['response', { role: 'client', words: ['status'], text: 'text', named: [...status, ...listing] }],
  ['challenge', { role: 'client', words: [], text: 'data' }],
  ['line', { role: 'client', words: ['lineNumber'], text: 'text', named: listing }],
  ['content', { role: 'client', words: [], text: 'octets', named: ['length'] }],
  ['end', { role: 'client', words: ['keyword'] }],
  ['capability', { role: 'client', words: ['tag', 'parameters...'] }],
  ['no-capability', { role: 'client', words: ['tag'] }],
  ['command', { role: 'server', words: ['line...'] }],
  ['invalid-command', { role: 'server', words: ['reason'], text: 'text' }],
  ['authentication-response', { role: 'server', words: [], text: 'data' }],
  ['authentication-cancelled', { role: 'server', words: [] }],
  ['closed', { role: undefined, words: [] }],
  ['nothing', { role: undefined, words: [] }],
  ['state', { role: undefined, words: ['state'] }],
  [
    'error',
    {
      role: undefined,
      words: ['code'],
      text: 'message',
      named: ['rule', 'limit', 'maximum', 'offset', 'fatal', 'transient', 'deletionsCommitted', 'command'],
    },
  ],
]);

/** Kinds that say something of the connection as it is, and not of the next event. */
export const standingKinds: ReadonlySet<string> = new Set([
  'state',
  'capability',
  'no-capability',
  'error',
  'nothing',
]);

/**
 * Parses what stands behind `= `.
 *
 * @throws SyntaxError where it is malformed or names what does not exist.
 */
export function parseExpectation(source: string): { expectation: Expectation; role: Role | undefined } {
  const match = /^(?:(client|server) )?([a-z-]+)(?: +(.*))?$/s.exec(source.trim());
  const name = match?.[2] ?? '';
  const kind = kinds.get(name);
  if (kind === undefined) {
    throw new SyntaxError(`"${name}" is nothing to expect; there are: ${[...kinds.keys()].join(', ')}`);
  }
  const side = match?.[1];
  const role = side === 'client' || side === 'server' ? side : kind.role;
  return { expectation: { kind: name, fields: parseFields(kind, match?.[3] ?? ''), source }, role };
}

/** Whether a fact is what was expected. An error's `message` is compared in part. */
export function meets(fact: Fact, { kind, fields }: Expectation): boolean {
  if (fact.kind !== kind) return false;
  for (const [name, value] of fields) {
    const actual = fact.fields.get(name) ?? 'none';
    const same = name === 'message' ? actual.includes(value) : actual === value;
    if (!same) return false;
  }
  return true;
}

/** The fact written as an expectation would be, with the fields that the expectation names; all without one. */
export function describeFact(fact: Fact, expectation?: Expectation): string {
  const named = expectation?.kind === fact.kind ? expectation.fields : undefined;
  const shown = [...fact.fields].filter(([name]) => named === undefined || named.has(name));
  return [fact.kind, ...shown.map(([name, value]) => `${name}=${quote(value)}`)].join(' ');
}

function quote(value: string): string {
  if (/^[^\s"\\\x80-\uffff]+$/.test(value)) return value;
  const literal = formatLiteral(Uint8Array.from(value, (character) => character.charCodeAt(0)));
  return literal.length > 300 ? `"${literal.slice(0, 300)}..." (${value.length} octets)` : `"${literal}"`;
}

function parseFields(kind: Kind, text: string): Map<string, string> {
  const fields = new Map<string, string>();
  let rest = text.trim();
  let word = 0;
  while (rest !== '') {
    const remainder = kind.words[word];
    if (remainder?.endsWith('...')) {
      fields.set(remainder.slice(0, -3), octets(rest));
      return fields;
    }
    const match = /^(?:([A-Za-z]+)=)?(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?: +|$)/s.exec(rest);
    if (match === null) throw new SyntaxError(`cannot read ${rest}`);
    const [whole, name, quoted, bare] = match;
    const field = name ?? (quoted === undefined ? kind.words[word++] : kind.text);
    if (field === undefined || (name !== undefined && !kind.named?.includes(name))) {
      throw new SyntaxError(`there is no place for ${whole.trim()} here`);
    }
    fields.set(field, octets(quoted ?? bare ?? ''));
    rest = rest.slice(whole.length);
  }
  return fields;
}

function octets(text: string): string {
  return decodeLatin1(parseLiteral(text));
}

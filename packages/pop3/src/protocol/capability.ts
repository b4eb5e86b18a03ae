import { parseNumber } from './number.ts';

/**
 * What a server said it can do (CAPA, RFC 2449), at one moment: before STLS, after STLS and after login it may say different
 * things. Tags are compared without regard to case.
 */
export class Capabilities {
  readonly #tags = new Map<string, readonly string[]>();

  /** @param lines - the lines of a CAPA response, without the terminator. Blank ones are passed over. */
  constructor(lines: Iterable<string> = []) {
    for (const line of lines) {
      const [tag, ...parameters] = line.split(/[ \t]+/).filter((word) => word !== '');
      if (tag === undefined) continue;
      const name = tag.toUpperCase();
      // SASL in two lines is seen in the wild; what was said before is kept.
      this.#tags.set(name, [...(this.#tags.get(name) ?? []), ...parameters]);
    }
  }

  /** Whether a capability is listed: `TOP`, `UIDL`, `PIPELINING`, `STLS`, `USER`, ... */
  has(tag: string): boolean {
    return this.#tags.has(tag.toUpperCase());
  }

  /** The parameters of a capability, as the server wrote them; undefined where it is not listed. */
  parameters(tag: string): readonly string[] | undefined {
    return this.#tags.get(tag.toUpperCase());
  }

  /** The SASL mechanisms (RFC 5034 section 3), in upper case; empty where there are none. */
  get mechanisms(): readonly string[] {
    return (this.#tags.get('SASL') ?? []).map((name) => name.toUpperCase());
  }

  /** Seconds that a client must let pass between two logins (RFC 2449 section 6.5). */
  get loginDelay(): number | undefined {
    return parseNumber(this.#tags.get('LOGIN-DELAY')?.[0] ?? '');
  }

  /** Days that messages are kept (RFC 2449 section 6.7); `NEVER` means for good; 0: deleted once retrieved. */
  get expire(): number | 'NEVER' | undefined {
    const value = this.#tags.get('EXPIRE')?.[0]?.toUpperCase() ?? '';
    return value === 'NEVER' ? value : parseNumber(value);
  }

  /** What the server calls itself (RFC 2449 section 6.9). */
  get implementation(): string | undefined {
    return this.#tags.get('IMPLEMENTATION')?.join(' ');
  }

  /** Every line, tag in upper case, in the order in which they came. */
  *[Symbol.iterator](): IterableIterator<string> {
    for (const [tag, parameters] of this.#tags) yield [tag, ...parameters].join(' ');
  }

  /** The lines, for JSON. */
  toJSON(): string[] {
    return [...this];
  }
}

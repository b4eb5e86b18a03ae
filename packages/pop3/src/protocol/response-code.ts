/**
 * A response code (RFC 2449 section 8, RFC 3206, RFC 6856): `[IN-USE]`, `[SYS/TEMP]` and so on, at the start of
 * a response's text.
 */
export interface ResponseCode {
  /** In upper case, without the brackets: `IN-USE`, `SYS/TEMP`. Codes that nobody registered pass through. */
  readonly code: KnownResponseCode | (string & {});
  /** The same may succeed later: IN-USE, LOGIN-DELAY, SYS/TEMP. */
  readonly transient: boolean;
}

/** The registered response codes. */
export type KnownResponseCode = 'IN-USE' | 'LOGIN-DELAY' | 'SYS/TEMP' | 'SYS/PERM' | 'AUTH' | 'UTF8';

const transientCodes: ReadonlySet<string> = new Set(['IN-USE', 'LOGIN-DELAY', 'SYS/TEMP']);

// resp-code = "[" resp-level *("/" resp-level) "]", RFC 2449 section 8; a code is short in practice.
const leadingCode = /^\[([A-Za-z0-9][\x21-\x5a\x5c\x5e-\x7e]{0,63})\][ ]?/;

/** Splits a response's text into its response code, if it starts with one, and the words behind it. */
export function parseResponseCode(text: string): { code: ResponseCode | undefined; text: string } {
  const match = leadingCode.exec(text);
  if (match?.[1] === undefined) return { code: undefined, text };
  const code = match[1].toUpperCase();
  return { code: { code, transient: transientCodes.has(code) }, text: text.slice(match[0].length) };
}

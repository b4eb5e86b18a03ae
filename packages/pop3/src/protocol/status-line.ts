import type { Quirks } from './quirk.ts';
import { parseResponseCode, type ResponseCode } from './response-code.ts';
import { decodeText } from './text.ts';

/** The status indicator of a response (RFC 1939 section 3). */
export type StatusIndicator = '+OK' | '-ERR';

/** A parsed status line. */
export interface StatusLine {
  readonly status: StatusIndicator;
  /** The words behind the status indicator and the response code; may be empty. Never trust them raw on a terminal. */
  readonly text: string;
  readonly responseCode: ResponseCode | undefined;
  /** The whole line as it came. */
  readonly line: string;
}

/** Parses a status line, without its CRLF; undefined where it is none. `decode` makes text of its octets. */
export function parseStatusLine(
  octets: Uint8Array,
  quirks: Quirks,
  decode: (octets: Uint8Array) => string = decodeText,
): StatusLine | undefined {
  const line = decode(octets);
  const match = /^(\+OK|-ERR)(?:[ \t]+|$)/i.exec(line);
  const indicator = match?.[1];
  if (match === null || indicator === undefined) return undefined;
  const status = indicator.toUpperCase() === '+OK' ? '+OK' : '-ERR';
  if (status !== indicator && !quirks.statusLowerCase) return undefined;
  const { code, text } = parseResponseCode(line.slice(match[0].length));
  return { status, text, responseCode: code, line };
}

/** Writes a status line, without its CRLF. Line breaks in the text become spaces: it is one line whatever it says. */
export function formatStatusLine(status: StatusIndicator, text: string, code?: string): string {
  const words = text.replace(/[\0\r\n]+/g, ' ');
  return [status, code === undefined ? '' : `[${code}]`, words].filter((part) => part !== '').join(' ');
}

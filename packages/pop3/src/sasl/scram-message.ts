import { decodeBase64 } from './base64.ts';
import { decodeUtf8 } from './utf8.ts';

/** One message of SCRAM (RFC 5802 section 5.1): attributes in a fixed order. */
export type ScramAttributes = readonly (readonly [name: string, value: string])[];

/** Splits `r=...,s=...` into its attributes; undefined where it is not of that form. */
export function parseAttributes(message: string): ScramAttributes | undefined {
  const attributes = message.split(',').map((part) => /^([A-Za-z])=(.*)$/s.exec(part));
  const pairs: [string, string][] = [];
  for (const match of attributes) {
    if (match?.[1] === undefined || match[2] === undefined) return undefined;
    pairs.push([match[1], match[2]]);
  }
  return pairs;
}

/** A user name as SCRAM writes it: `=` and `,` are taken. */
export function encodeScramName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

/** Undoes {@link encodeScramName}; undefined where a `=` stands for nothing. */
export function decodeScramName(name: string): string | undefined {
  if (/=(?!3D|2C)/.test(name)) return undefined;
  return name.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

/** The server's first message. */
export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** Parses the server's first message; gives the rule that it breaks where it does. */
export function parseServerFirst(message: string): ServerFirst | { readonly rule: string } {
  const attributes = parseAttributes(message);
  if (attributes === undefined) return { rule: 'server-first-malformed' };
  const [nonce, salt, iterations] = attributes;
  // An extension that is mandatory, wherever it stands: the conversation may mean something else (RFC 5802 section 5.1).
  if (attributes.some(([name]) => name === 'm')) return { rule: 'extension-unknown' };
  if (nonce?.[0] !== 'r' || salt?.[0] !== 's' || iterations?.[0] !== 'i')
    return { rule: 'server-first-malformed' };
  if (!/^[\x21-\x7e]*$/.test(nonce[1])) return { rule: 'nonce-malformed' };
  const octets = decodeBase64(salt[1]);
  if (octets === undefined || octets.length === 0) return { rule: 'salt-malformed' };
  if (!/^[1-9][0-9]{0,9}$/.test(iterations[1])) return { rule: 'iterations-malformed' };
  return { nonce: nonce[1], salt: octets, iterations: Number(iterations[1]) };
}

/** A message's octets as text; undefined where it is not UTF-8. */
export const decodeMessage: (octets: Uint8Array) => string | undefined = decodeUtf8;

import { decodeLatin1 } from '../protocol/index.ts';

// Web globals of every runtime we support, declared for this file only: sasl/ is compiled without the DOM's and Node's types.
declare const atob: (text: string) => string;
declare const btoa: (binary: string) => string;

/** Octets in base64, padded, in one line (RFC 4648 section 4). */
export function encodeBase64(octets: Uint8Array): string {
  return btoa(decodeLatin1(octets));
}

/**
 * The octets of a base64 text, or undefined where it is none: only the standard alphabet, whole and padded, without any
 * white space (RFC 4648 section 4).
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  // atob alone would pass over white space and missing padding.
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const binary = atob(text);
  const octets = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) octets[index] = binary.charCodeAt(index);
  return octets;
}

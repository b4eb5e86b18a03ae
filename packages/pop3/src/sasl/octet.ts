/** Octets in lower-case hexadecimal, as CRAM-MD5 and APOP write their digests. */
export function encodeHex(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += octet.toString(16).padStart(2, '0');
  return text;
}

/** The exclusive or of two runs of octets, as long as the first. */
export function exclusiveOr(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((octet, index) => octet ^ (b[index] ?? 0));
}

/*
 * As much of DER (ITU-T X.690) as is needed to find two parts of a certificate. OpenSSL has parsed the certificate
 * before, so malformed octets do not get here; should they, the answer is an error, never a read beyond the end.
 */

/** One tag, length and value. */
export class DerElement {
  readonly tag: number;
  /** Tag, length and value. */
  readonly octets: Uint8Array;
  /** The value alone. */
  readonly content: Uint8Array;

  constructor(octets: Uint8Array) {
    const { header, length } = measure(octets);
    this.tag = octets[0] ?? 0;
    this.octets = octets.subarray(0, header + length);
    this.content = octets.subarray(header, header + length);
  }

  /** The elements that a constructed one holds. */
  children(): DerElement[] {
    const children: DerElement[] = [];
    for (let at = 0; at < this.content.length; ) {
      const child = new DerElement(this.content.subarray(at));
      children.push(child);
      at += child.octets.length;
    }
    return children;
  }
}

/** How a certificate is signed. */
export interface SignatureAlgorithm {
  /** The object identifier in dotted form. */
  readonly algorithm: string;
  readonly parameters: DerElement | undefined;
}

/** The parts of a certificate (RFC 5280 section 4.1) that its fingerprints are made of. */
export interface CertificateParts {
  readonly publicKeyInfo: Uint8Array;
  readonly signatureAlgorithm: SignatureAlgorithm;
}

/** Takes a certificate apart. */
export function certificateParts(der: Uint8Array): CertificateParts {
  const [toBeSigned, signature] = new DerElement(der).children();
  const fields = toBeSigned?.children() ?? [];
  // version [0] is left out in version 1; then: serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo.
  const publicKeyInfo = fields[fields[0]?.tag === 0xa0 ? 6 : 5];
  const [algorithm, parameters] = signature?.children() ?? [];
  if (publicKeyInfo === undefined || algorithm === undefined) throw malformed();
  return {
    publicKeyInfo: publicKeyInfo.octets,
    signatureAlgorithm: { algorithm: objectIdentifier(algorithm.content), parameters },
  };
}

/** The dotted form of an object identifier's value. */
export function objectIdentifier(content: Uint8Array): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f);
    if (octet & 0x80) continue;
    if (arcs.length === 0)
      arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)));
    else arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

function measure(octets: Uint8Array): { header: number; length: number } {
  const first = octets[1];
  if (first === undefined) throw malformed();
  let header = 2;
  let length = first;
  if (first >= 0x80) {
    header += first & 0x7f;
    length = 0;
    for (const octet of octets.subarray(2, header)) length = length * 256 + octet;
  }
  if (header > 6 || first === 0x80 || header + length > octets.length) throw malformed();
  return { header, length };
}

function malformed(): Error {
  return new Error('the certificate is not well-formed DER');
}

import { createHash, X509Certificate } from 'node:crypto';
import { escapeExcerpt } from '../protocol/index.ts';
import type { ChannelBinding } from '../sasl/index.ts';
import { certificateParts, objectIdentifier, type SignatureAlgorithm } from './der.ts';
import type { CertificateSummary } from './transport.ts';

/** What people need to know of a certificate in DER. The texts are the peer's, so they come escaped. */
export function summarizeCertificate(der: Uint8Array): CertificateSummary {
  const certificate = new X509Certificate(der);
  return {
    subject: toLine(certificate.subject),
    issuer: toLine(certificate.issuer),
    names: subjectNames(certificate.subjectAltName),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    pin: publicKeyPin(der),
  };
}

/** SHA-256 of a certificate's subject public key info, base64 (RFC 7469 section 2.4). */
function publicKeyPin(der: Uint8Array): string {
  return createHash('sha256').update(certificateParts(der).publicKeyInfo).digest('base64');
}

/**
 * The tls-server-end-point channel binding of a server's certificate (RFC 5929 section 4.1). Undefined where its
 * signature has no hash function of its own (Ed25519) or one that we do not know.
 */
export function serverEndPoint(der: Uint8Array): ChannelBinding | undefined {
  const hash = signatureHash(certificateParts(der).signatureAlgorithm);
  if (hash === undefined) return undefined;
  return { type: 'tls-server-end-point', data: new Uint8Array(createHash(hash).update(der).digest()) };
}

// MD5 and SHA-1 are replaced by SHA-256, as RFC 5929 has it.
const hashOfSignature: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'sha256', // md5WithRSAEncryption
  '1.2.840.113549.1.1.5': 'sha256', // sha1WithRSAEncryption
  '1.2.840.113549.1.1.14': 'sha224',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10040.4.3': 'sha256', // dsa-with-sha1
  '2.16.840.1.101.3.4.3.2': 'sha256', // dsa-with-sha256
  '1.2.840.10045.4.1': 'sha256', // ecdsa-with-SHA1
  '1.2.840.10045.4.3.1': 'sha224',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

const rsaPss = '1.2.840.113549.1.1.10';

const hashOfPss: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha256', // sha1
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

function signatureHash({ algorithm, parameters }: SignatureAlgorithm): string | undefined {
  if (algorithm !== rsaPss) return hashOfSignature[algorithm];
  // RSASSA-PSS-params (RFC 4055 section 3.1): [0] names the hash; without it, SHA-1.
  const named = parameters?.children()[0];
  if (named?.tag !== 0xa0) return hashOfPss['1.3.14.3.2.26'];
  const hash = named.children()[0]?.children()[0];
  return hash && hashOfPss[objectIdentifier(hash.content)];
}

/** Node gives one attribute a line. */
function toLine(name: string | undefined): string {
  const shown = (name ?? '').split('\n').join(', ');
  return shown === '' ? '(empty)' : escapeExcerpt(shown, 500);
}

/** The DNS names and IP addresses in Node's text of a subjectAltName; those with odd characters stand in quotes there. */
function subjectNames(text: string | undefined): string[] {
  const names: string[] = [];
  for (const [, kind, quoted, plain] of (text ?? '').matchAll(
    /(?:^|, )([^:,"]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))/g,
  )) {
    if (kind === 'DNS' || kind === 'IP Address') names.push(escapeExcerpt(quoted ?? plain ?? '', 255));
  }
  return names;
}

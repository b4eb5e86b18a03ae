import { type Endpoint, formatEndpoint } from './endpoint.ts';
import { platformReason, type TlsCheck, TlsPolicyError, TransportError } from './error.ts';
import type { CertificateSummary } from './transport.ts';

/** A certificate that the server showed did not pass: the error that says which check, and what there is to see. */
export function certificateRejected(
  check: TlsCheck,
  endpoint: Endpoint,
  certificate: CertificateSummary | undefined,
  cause?: Error,
): TlsPolicyError {
  const what = explain(check, endpoint, certificate, cause);
  const shown = certificate ? ` (${describe(certificate)})` : '';
  return new TlsPolicyError(
    `the certificate of ${formatEndpoint(endpoint)} ${what}${shown}`,
    { check, endpoint, ...certificate },
    { cause, hint: hintFor(check, certificate) },
  );
}

function describe({ subject, issuer, names, notBefore, notAfter }: CertificateSummary): string {
  const listed = names.length === 0 ? 'no names' : `names ${shorten(names)}`;
  return `subject ${subject}; issuer ${issuer}; ${listed}; valid ${day(notBefore)} to ${day(notAfter)}`;
}

function shorten(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function day(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString().slice(0, 10);
}

function explain(
  check: TlsCheck,
  { host }: Endpoint,
  certificate: CertificateSummary | undefined,
  cause: Error | undefined,
): string {
  switch (check) {
    case 'expired':
      return certificate && certificate.notAfter > new Date()
        ? 'was issued by one that has expired'
        : `expired${certificate ? ` on ${day(certificate.notAfter)}` : ''}`;
    case 'not-yet-valid':
      return `is not valid yet${certificate ? `, only from ${day(certificate.notBefore)}` : ''}`;
    case 'host':
      return `is not for ${host}`;
    case 'common-name-only':
      return 'names its host in the subject only, where nobody may look any more (RFC 9525)';
    case 'self-signed':
      return 'is self-signed';
    case 'unknown-issuer':
      return 'was issued by an authority that is not trusted';
    case 'pin':
      return 'has another key than the pinned one';
    case 'revoked':
      return 'was revoked';
    default:
      return `cannot be trusted: ${cause?.message ?? 'no reason is known'}`;
  }
}

const hints: Readonly<Partial<Record<TlsCheck, string>>> = {
  expired: "Tell the server's administrator, and check this machine's clock.",
  'not-yet-valid': "Check this machine's clock.",
  host: 'Connect by one of the names that the certificate is for.',
  'common-name-only': "Tell the server's administrator: the certificate needs a subjectAltName.",
  'unknown-issuer':
    'If it is your own authority, give its certificate as the CA; the server may also lack the intermediate certificate.',
  pin: 'If the server got a new key, and you know that from its administrator, change the pin.',
  revoked: "Tell the server's administrator.",
};

function hintFor(check: TlsCheck, certificate: CertificateSummary | undefined): string | undefined {
  const advice = hints[check];
  if (certificate === undefined || check === 'revoked') return advice;
  const trust = `To trust exactly this key nevertheless, once you have checked that it is the server's, set the pin ${certificate.pin}`;
  return advice === undefined ? `${trust}.` : `${advice} ${trust}.`;
}

/** Which check OpenSSL's verdict stands for; undefined where it is no verdict on a certificate. */
export function checkOfCode(code: unknown): TlsCheck | undefined {
  return typeof code === 'string' ? checks[code] : undefined;
}

const checks: Readonly<Record<string, TlsCheck>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  ERR_TLS_CERT_ALTNAME_INVALID: 'host',
  HOSTNAME_MISMATCH: 'host',
  CERT_REVOKED: 'revoked',
  CERT_CHAIN_TOO_LONG: 'certificate',
  CERT_REJECTED: 'certificate',
  CERT_SIGNATURE_FAILURE: 'certificate',
  CERT_UNTRUSTED: 'certificate',
  CRL_HAS_EXPIRED: 'certificate',
  CRL_NOT_YET_VALID: 'certificate',
  INVALID_CA: 'certificate',
  INVALID_PURPOSE: 'certificate',
  PATH_LENGTH_EXCEEDED: 'certificate',
  EE_KEY_TOO_SMALL: 'certificate',
  CA_KEY_TOO_SMALL: 'certificate',
  CA_MD_TOO_WEAK: 'certificate',
  ERROR_IN_CERT_NOT_AFTER_FIELD: 'certificate',
  ERROR_IN_CERT_NOT_BEFORE_FIELD: 'certificate',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'certificate',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'certificate',
  UNSPECIFIED: 'certificate',
};

interface HandshakeFailure {
  readonly codes: RegExp;
  readonly what: string;
  readonly hint: string;
  readonly transient?: boolean;
}

const failures: readonly HandshakeFailure[] = [
  {
    codes: /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|BAD_RECORD_TYPE|INVALID_RECORD/,
    what: 'failed: what came back is not TLS',
    hint: 'The server speaks in clear on this port: use port 995 for implicit TLS, or STLS on port 110.',
  },
  {
    codes: /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW/,
    what: 'failed: the server speaks no version of TLS that is accepted here',
    hint: 'TLS 1.0 and 1.1 are not safe, and are not used. The server needs at least TLS 1.2.',
  },
  {
    codes: /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY|DH_KEY_TOO_SMALL|UNSAFE_LEGACY/,
    what: 'failed: there is no cipher or key exchange that both sides accept',
    hint: "The server's TLS is too old or too narrow. Tell its administrator.",
  },
  {
    codes: /CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE|ALERT_UNKNOWN_CA|ALERT_CERTIFICATE/,
    what: "failed: the server asks for a client certificate, or does not accept this client's",
    hint: 'Give the client certificate that the server expects, and its key.',
  },
  {
    codes: /UNRECOGNIZED_NAME/,
    what: 'failed: the server does not know the host name that it was asked for',
    hint: 'Check the host name.',
  },
  {
    codes: /^(ECONNRESET|EPIPE)$/,
    what: 'failed: the server closed the connection',
    hint: 'The server may not speak TLS on this port: implicit TLS is on port 995, STLS on port 110.',
    transient: true,
  },
];

/** The error for a handshake that failed for another reason than the certificate. */
export function handshakeFailed(
  endpoint: Endpoint,
  cause: (Error & { readonly code?: unknown }) | undefined,
): TransportError {
  const code = typeof cause?.code === 'string' ? cause.code : '';
  const found = cause === undefined ? closed : failures.find(({ codes }) => codes.test(code));
  const reason = cause && platformReason(cause);
  const known = found ?? { what: `failed: ${reason}`, hint: closed?.hint, transient: true };
  return new TransportError(
    `the TLS handshake with ${formatEndpoint(endpoint)} ${known.what}`,
    { phase: 'tls', endpoint, transient: known.transient ?? false },
    { cause, hint: known.hint },
  );
}

const closed = failures.at(-1);

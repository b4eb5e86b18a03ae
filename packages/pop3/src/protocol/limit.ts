import { LimitError, type Pop3ErrorOptions } from './error.ts';

/** How much a peer may make us hold. All are options; content is not bounded, since it is never held. */
export interface Limits {
  /** Octets in a greeting or status line, without its CRLF. */
  readonly statusLineOctets: number;
  /** Octets in one line of a scan or unique-id listing. */
  readonly listingLineOctets: number;
  /** Lines in a scan or unique-id listing. */
  readonly listingLines: number;
  /** Lines in a CAPA or LANG response. */
  readonly capabilityLines: number;
  /** Octets in a CAPA or LANG response. */
  readonly capabilityOctets: number;
  /** Octets in a base64 challenge or authentication response, as it stands on the wire. */
  readonly challengeOctets: number;
  /** Octets in a command line that a client sends to our server, without its CRLF. */
  readonly commandLineOctets: number;
}

/** The limits where the caller names none. */
export const defaultLimits: Limits = {
  statusLineOctets: 8192,
  listingLineOctets: 8192,
  listingLines: 5_000_000,
  capabilityLines: 256,
  capabilityOctets: 65_536,
  challengeOctets: 87_384,
  commandLineOctets: 8192,
};

const explanation: Readonly<Record<keyof Limits, string>> = {
  statusLineOctets: 'octets in a status line',
  listingLineOctets: 'octets in one line of a listing',
  listingLines: 'lines in a listing',
  capabilityLines: 'lines in an answer to CAPA or LANG',
  capabilityOctets: 'octets in an answer to CAPA or LANG',
  challengeOctets: 'octets in an authentication exchange line',
  commandLineOctets: 'octets in a command line',
};

/** The error for a peer that went over a limit. */
export function limitExceeded(limit: keyof Limits, maximum: number, options?: Pop3ErrorOptions): LimitError {
  return new LimitError(
    `the peer sent more than ${maximum} ${explanation[limit]}`,
    { limit, maximum },
    options,
  );
}

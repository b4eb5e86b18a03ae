import { parseTimestamp } from '../protocol/index.ts';
import type { ServerExchangeContext } from './mechanism.ts';
import { encodeHex } from './octet.ts';

/**
 * A challenge that never comes twice, in the shape of a msg-id (RFC 1939 section 7, RFC 2195 section 2):
 * for a greeting, so that clients can use APOP, and for CRAM-MD5.
 */
export function createTimestamp({
  crypto,
  host,
  now,
}: Pick<ServerExchangeContext, 'crypto' | 'host' | 'now'>): string {
  const left = `${encodeHex(crypto.randomOctets(16))}.${Math.floor(now())}`;
  const timestamp = `<${left}@${host}>`;
  // A host name that does not fit in would make the challenge unusable.
  return parseTimestamp(timestamp) === timestamp ? timestamp : `<${left}@localhost>`;
}

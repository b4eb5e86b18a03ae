import {
  concatenate,
  encodeText,
  LocalProtocolError,
  parseTimestamp,
  type Secret,
  secret,
} from '../protocol/index.ts';
import { encodePassword, requireUser } from './credential.ts';
import type { CredentialStore, CryptoPort, ExchangeContext, ServerStep } from './mechanism.ts';
import { encodeHex } from './octet.ts';
import { accepted, rejected } from './verify.ts';

/**
 * Whether a text is a timestamp that APOP may be computed over: a msg-id in printable ASCII with one `@`, and nothing else
 * (RFC 1939 section 7). Others are how a man in the middle attacks MD5 to learn the password (CVE-2007-1558).
 */
export function isApopTimestamp(text: string): boolean {
  return parseTimestamp(text) === text;
}

/**
 * The digest that APOP sends: MD5 over the timestamp (angle brackets included) and the password, in lower-case hexadecimal
 * (RFC 1939 section 7).
 *
 * @throws LocalProtocolError where the timestamp is no msg-id, or there is no password.
 */
export function apopDigest(
  timestamp: string,
  context: Pick<ExchangeContext, 'credentials' | 'crypto' | 'passwordEncoding'>,
): Secret<string> {
  if (!isApopTimestamp(timestamp)) {
    throw new LocalProtocolError("the greeting's timestamp is no message identifier: APOP must not be used", {
      command: 'APOP',
    });
  }
  requireUser(context.credentials);
  const octets = concatenate([encodeText(timestamp), encodePassword(context)]);
  return secret(encodeHex(context.crypto.hash('MD5', octets)));
}

/** Checks an APOP command, server side. `timestamp` is what this session's greeting said. */
export async function verifyApop(
  { store, crypto }: { readonly store: CredentialStore; readonly crypto: CryptoPort },
  timestamp: string,
  user: string,
  digest: Secret<string>,
): Promise<ServerStep> {
  const password = await store.password(user);
  const expected = encodeHex(crypto.hash('MD5', encodeText(`${timestamp}${password ?? ''}`)));
  const same = crypto.equal(encodeText(expected), encodeText(digest.reveal().toLowerCase()));
  return same && password !== undefined && password !== '' ? accepted(user) : rejected;
}
